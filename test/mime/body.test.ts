import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { DecodeError } from "../../src/operation/errors.ts";
import { decodeBody as decodeOctets } from "../../src/mime/body.ts";
import { latin1, octets } from "../support/octets.ts";
import { ofEveryCut } from "./support.ts";

const BOM = "\ufeff";

function decodeBody(bytes: Uint8Array, contentType: string | undefined): unknown {
  return ofEveryCut(bytes, (pieces) => decodeOctets(pieces, contentType));
}

describe("decodeBody()", () => {
  it.each([
    "application/json",
    "Application/JSON; odata.metadata=minimal;charset=utf-8",
    "application/problem+json",
    "text/json",
  ])("parses JSON of type %s", (contentType) => {
    expect(decodeBody(octets('{"Subject":"Grüße"}'), contentType)).toEqual({ Subject: "Grüße" });
  });

  it("gives text as a string", () => {
    expect(decodeBody(octets("17"), "text/plain")).toBe("17");
    expect(decodeBody(octets("  "), "text/plain")).toBe("  ");
    expect(decodeBody(octets("<p>ü</p>"), "text/html;charset=UTF-8")).toBe("<p>ü</p>");
  });

  it("goes by the charset", () => {
    expect(decodeBody(latin1("Gr\u00fc\u00dfe"), "text/plain; charset=ISO-8859-1")).toBe("Grüße");
    expect(decodeBody(latin1("\x22\u00fc\x22"), "application/json; charset=latin1")).toBe("ü");
    expect(decodeBody(Uint8Array.of(0xff, 0xfe, 0x41, 0), "text/plain; charset=utf-16")).toBe("A");
  });

  it("gives anything else as bytes of its own", () => {
    const chunk = octets("xxPNGxx");
    const body = decodeBody(chunk.subarray(2, 5), "image/png") as Uint8Array;
    expect(body).toEqual(octets("PNG"));
    expect(body.buffer).not.toBe(chunk.buffer);
    expect(decodeBody(octets("{}"), undefined)).toEqual(octets("{}"));
    expect(decodeBody(octets("<a/>"), "application/xml")).toEqual(octets("<a/>"));
  });

  it("gives bytes of its own where the chunk is a Buffer of Node's, whose slice is a view", () => {
    const chunk = Buffer.from("xxPNGxx");
    const body = decodeBody(chunk.subarray(2, 5), "image/png") as Uint8Array;
    expect(Buffer.isBuffer(body)).toBe(false);
    chunk.fill(0);
    expect(body).toEqual(octets("PNG"));
  });

  it("gives nothing as undefined", () => {
    expect(decodeBody(octets(""), "application/json")).toBeUndefined();
    expect(decodeBody(octets(""), "text/plain")).toBeUndefined();
    expect(decodeBody(octets(" \r\n"), "application/json")).toBeUndefined();
    expect(decodeBody(octets(BOM), "application/json")).toBeUndefined();
    expect(decodeBody(octets("\r\n\r\n"), undefined)).toBeUndefined();
    expect(decodeBody(octets("\r\nx"), undefined)).toEqual(octets("\r\nx"));
  });

  it("strips one byte order mark", () => {
    expect(decodeBody(octets(BOM + "{}"), "application/json")).toEqual({});
    expect(decodeBody(octets(BOM + BOM + "x"), "text/plain")).toBe(BOM + "x");
  });

  it("shows what is no UTF-8 as fetch does", () => {
    expect(decodeBody(latin1('"a\u00fc"'), "application/json")).toBe("a\ufffd");
  });

  it("refuses what is not what the Content-Type says, and quotes none of it", () => {
    const decode = () => decodeBody(octets("<secret>"), "application/json");
    expect(decode).toThrow(DecodeError);
    expect(decode).toThrow(
      /^Cannot decode a body as its Content-Type says JSON: current value is a text of 8 characters that is none$/,
    );
  });

  it("refuses an unknown charset", () => {
    expect(() => decodeBody(octets("x"), "text/plain; charset=klingon")).toThrow(DecodeError);
  });

  it("remembers no Content-Type too long", () => {
    expect(decodeBody(octets("1"), "application/json")).toBe(1);
    expect(decodeBody(octets("1"), "text/plain")).toBe("1");
    expect(decodeBody(octets("1"), undefined)).toEqual(octets("1"));
    expect(decodeBody(octets("1"), "application/json")).toBe(1);
  });
});
