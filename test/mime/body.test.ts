import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { DecodeError } from "../../src/operation/errors.ts";
import { bodyFormatOf, decodeBody as decodeOctets } from "../../src/mime/body.ts";
import { latin1, octets } from "../support/octets.ts";
import { ofEveryCut } from "./support.ts";

const BOM = "\ufeff";

function decodeBody(bytes: Uint8Array, contentType: string | undefined): unknown {
  return ofEveryCut(bytes, (pieces) => decodeOctets(pieces, contentType));
}

describe("bodyFormatOf()", () => {
  it.each([
    ["application/json", "json", undefined],
    ["text/html; charset='UTF-8'", "text", "utf-8"],
    ["application/xml;charset=Latin1", "xml", "latin1"],
    ["image/svg+xml; charset= ' '", "xml", undefined],
    ["image/png", "bytes", undefined],
    ["", "bytes", undefined],
    [undefined, "bytes", undefined],
  ])("tells kind and charset of %j", (contentType, kind, charset) => {
    expect(bodyFormatOf("a/b")).toEqual({ kind: "bytes", charset: undefined });
    expect(bodyFormatOf(contentType)).toEqual({ kind, charset });
  });
});

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

  it.each(["application/xml", "Application/XML;charset=utf-8", "application/atom+xml", "text/xml"])(
    "rule 18: gives XML of type %s as a string",
    (contentType) => {
      expect(decodeBody(octets("<a>ü</a>"), contentType)).toBe("<a>ü</a>");
    },
  );

  it.each([
    "application/json; charset=",
    'application/json; charset=""',
    "application/json;charset='utf-8'",
    'application/json;charset="UTF-8"',
    "application/json; charset=utf-8lias",
    "application/json; charset=utf-8, application/json; charset=utf-8",
  ])("rule 18: reads JSON as UTF-8 for %s", (contentType) => {
    expect(decodeBody(octets('"ä"'), contentType)).toBe("ä");
  });

  it("rule 18: takes no charset for UTF-8, and one in quotes for what it says", () => {
    expect(decodeBody(octets("ä"), "text/plain; charset=")).toBe("ä");
    expect(decodeBody(octets("ä"), "text/plain; charset='UTF8'")).toBe("ä");
    expect(decodeBody(latin1("\u00e4"), "text/plain; charset='iso-8859-1'")).toBe("ä");
    expect(decodeBody(latin1('"\u00e4"'), "application/json; charset='latin1'")).toBe("ä");
  });

  it("rule 18: believes a byte order mark first, then the charset, then what XML declares", () => {
    const utf16 = (...units: number[]) => new Uint8Array(Uint16Array.from(units).buffer);
    const swapped = Uint8Array.of(0xfe, 0xff, 0, 0x41);
    expect(decodeBody(utf16(0xfeff, 0x41), "application/xml")).toBe("A");
    expect(decodeBody(swapped, "text/plain")).toBe("A");
    expect(decodeBody(swapped, "text/plain; charset=utf-16")).toBe("A");
    expect(decodeBody(Uint8Array.of(0xfe, 0xff, 0, 0x37), "application/json")).toBe(7);
    expect(decodeBody(utf16(0xfeff, 0x37), "application/json; charset=utf-8")).toBe(7);
    expect(decodeBody(octets(`${BOM}"ä"`), "application/json; charset=latin1")).toBe("ä");
    expect(decodeBody(octets(`${BOM}ä`), "text/plain; charset=latin1")).toBe("ä");
    for (const declared of [`encoding="ISO-8859-1"`, `encoding = 'latin1' standalone="no"`]) {
      const xml = `<?xml version="1.0" ${declared}?><a>\u00e4</a>`;
      expect(decodeBody(latin1(xml), "application/xml")).toBe(xml);
      expect(decodeBody(octets(xml), "application/xml; charset=utf-8")).toBe(xml);
    }
    const late = `<?xml version="1.0"?>${" ".repeat(128)} encoding="latin1"?>ä`;
    expect(decodeBody(octets(late), "application/xml")).toBe(late);
    const none = ` <?xml encoding="latin1"?>ä`;
    expect(decodeBody(octets(none), "application/xml")).toBe(none);
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
    expect(decodeBody(octets("<a/>"), "application/xmlx")).toEqual(octets("<a/>"));
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
    const decode = () => decodeBody(octets("x"), "text/plain; charset=klingon");
    expect(decode).toThrow(DecodeError);
    expect(decode).toThrow(
      /^Cannot decode a body as its charset must be known: current value is a name of 7 characters$/,
    );
    expect(decode).toThrow(DecodeError);
    expect(decodeBody(octets("x"), "text/plain; charset=latin1")).toBe("x");
  });

  it("remembers no Content-Type too long", () => {
    expect(decodeBody(octets("1"), "application/json")).toBe(1);
    expect(decodeBody(octets("1"), "text/plain")).toBe("1");
    expect(decodeBody(octets("1"), undefined)).toEqual(octets("1"));
    expect(decodeBody(octets("1"), "application/json")).toBe(1);
  });
});
