import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { DecodeError } from "../../../src/operation/errors.ts";
import { readGraphBody, readODataBody } from "../../../src/wire/json/body.ts";
import { latin1 } from "../../support/octets.ts";

const base64 = (content: string | Uint8Array) => Buffer.from(content).toString("base64");
const JSON_TYPE = "application/json; odata.metadata=minimal";

describe("rule 18: a JSON body of Graph in a string", () => {
  it.each([
    ["an object in base64", base64('{"id":"ä"}'), { id: "ä" }],
    ["a list in base64, after white space", base64(" \r\n\t[1]"), [1]],
    ["an object in base64, after a byte order mark", base64('\ufeff{"a":1}'), { a: 1 }],
    ["a text of JSON's own", "plain words", "plain words"],
    ["a word that is base64 of no JSON", "data", "data"],
    ["a text that is base64 of a number", base64("12"), base64("12")],
    ["what begins as an object and is none", base64("{id}"), base64("{id}")],
    ["an object in base64 without padding", "eyJhIjoxMn0", "eyJhIjoxMn0"],
    ["an object in base64 with a blank", "eyJh Ijox fQ==", "eyJh Ijox fQ=="],
    ["nothing", "", ""],
  ])("is %s", (_what, body, value) => {
    expect(readGraphBody(body, JSON_TYPE)).toEqual(value);
    expect(readGraphBody(body, "application/problem+json")).toEqual(value);
  });

  it("goes by its charset in base64, if it names one that is known", () => {
    const utf16 = new Uint8Array(Buffer.from('{"id":"ä"}', "utf16le"));
    const latin = latin1('{"id":"\u00e4"}');
    expect(readGraphBody(base64(utf16), "application/json; charset=utf-16le")).toEqual({ id: "ä" });
    expect(readGraphBody(base64(latin), "application/json; charset=ISO-8859-1")).toEqual({
      id: "ä",
    });
    expect(readGraphBody(base64('{"id":"ä"}'), "application/json; charset=x")).toEqual({ id: "ä" });
  });

  it("is a value as it is, without a Content-Type too", () => {
    expect(readGraphBody({ a: 1 }, JSON_TYPE)).toEqual({ a: 1 });
    expect(readGraphBody(base64("{}"), undefined)).toBe(base64("{}"));
  });
});

describe("rule 18: a text of Graph", () => {
  const mail = latin1("Subject: caf\u00e9\r\n\r\nna\u00efve");

  it.each([
    ["in base64", base64("<p>Grüße\t\r\n</p>"), "<p>Grüße\t\r\n</p>"],
    ["as it is", "plain words", "plain words"],
    ["a number of four digits", "4424", "4424"],
    ["a number of eight digits", "30303030", "30303030"],
    ["a word", "true", "true"],
    ["a word that is base64 of control characters", "Approved", "Approved"],
    ["a word that is base64 of an escape character alone", "Gxx0", "Gxx0"],
    ["a word of sixteen that is base64 of hardly any ASCII", "aéééé", "aéééé"],
    ["an id", "4Q7Rk9Zc2LmW8aXe", "4Q7Rk9Zc2LmW8aXe"],
  ])("is a string: %s", (_what, body, value) => {
    for (const type of ["text/plain", "text/html; charset='utf-8'", "application/xml"]) {
      expect(readGraphBody(body, type)).toBe(value);
    }
  });

  it("goes by its charset", () => {
    const body = base64(mail);
    expect(readGraphBody(body, "text/plain; charset=iso-8859-1")).toBe(
      "Subject: café\r\n\r\nnaïve",
    );
    expect(readGraphBody("true", "text/plain; charset=iso-8859-1")).toBe("true");
  });

  it.each([
    ["a mail of another charset", mail],
    ["padded octets", Uint8Array.of(255, 216, 255, 224)],
    ["many octets", new Uint8Array(300).fill(200)],
    ["octets of text without a sense in UTF-8", latin1("Grüße an alle da")],
  ])("is bytes where it is base64 for sure and no text: %s", (_what, bytes) => {
    expect(readGraphBody(base64(bytes), "text/plain")).toEqual(bytes);
    expect(readGraphBody(base64(bytes), "text/plain; charset=klingon")).toEqual(bytes);
  });

  it("is what JSON has in place of a string", () => {
    expect(readGraphBody(12, "text/plain")).toBe(12);
  });
});

describe("rule 18: anything else in JSON", () => {
  it.each([readGraphBody, readODataBody])("is bytes in base64: %o", (read) => {
    expect(read("/9j/4A==", "image/jpeg")).toEqual(Uint8Array.of(255, 216, 255, 224));
    expect(read("_9j_4A", "image/jpeg")).toEqual(Uint8Array.of(255, 216, 255, 224));
    expect(() => read("<html>", "image/jpeg")).toThrow(DecodeError);
    expect(() => read("<html>", "image/jpeg")).toThrow(
      /^Cannot decode a body as it must be base64: current value is a string of 6 characters that is not$/,
    );
  });

  it("is XML as it is or in base64, and text of OData as it is", () => {
    for (const read of [readGraphBody, readODataBody]) {
      expect(read("<a/>", "application/xml")).toBe("<a/>");
      expect(read(base64("<a>ä</a>"), "application/atom+xml")).toBe("<a>ä</a>");
    }
    expect(readODataBody(base64("x"), "text/plain")).toBe(base64("x"));
    expect(readODataBody(base64("{}"), "application/json")).toBe(base64("{}"));
    expect(readODataBody("x", undefined)).toBe("x");
    expect(readODataBody(1, "image/png")).toBe(1);
  });
});
