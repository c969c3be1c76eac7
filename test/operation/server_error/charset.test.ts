import { describe, expect, it } from "vitest";
import { charsetOfMark, decoderOf, textOf } from "../../../src/operation/server_error/charset.ts";
import { latin1, octets } from "../../support/octets.ts";

describe("decoderOf()", () => {
  it("knows the charsets that the platform knows, and no other", () => {
    const encodings = [undefined, "utf-8", "utf8", "us-ascii", "latin1", "utf-16", "klingon"]
      .map((charset) => decoderOf(charset)?.encoding);
    expect(encodings).toEqual([
      "utf-8",
      "utf-8",
      "utf-8",
      "utf-8",
      "windows-1252",
      "utf-16le",
      undefined,
    ]);
  });

  it("makes one decoder for charset after charset that is the same", () => {
    for (const charset of ["latin1", "utf-16", "utf-8"]) {
      expect(decoderOf(charset)).toBe(decoderOf(charset));
    }
    expect(decoderOf("utf8")).toBe(decoderOf(undefined));
  });

  it.each(["windows-1252", "cp1252", "iso-8859-1"])("reads all of %s", (charset) => {
    expect(decoderOf(charset)!.decode(Uint8Array.of(0x80, 0x92, 0xe4, 0x41))).toBe("€’äA");
    expect(decoderOf(charset)!.decode(latin1("ß"))).toBe("ß");
  });
});

describe("charsetOfMark()", () => {
  it.each([
    ["\xef\xbb\xbf", "utf-8"],
    ["\xfe\xffx", "utf-16be"],
    ["\xff\xfe", "utf-16le"],
    ["\xef\xbb", undefined],
    ["\xff\xff", undefined],
    ["", undefined],
  ])("tells the charset by %j", (text, charset) => {
    expect(charsetOfMark(latin1(text))).toBe(charset);
  });
});

describe("textOf()", () => {
  it.each([
    [latin1("gr\xfcn"), "text/html; charset=ISO-8859-1"],
    [latin1("gr\xfcn"), 'text/html;charset="latin1"'],
    [octets("grün"), undefined],
    [octets("grün"), "text/html"],
    [octets("grün"), "text/html; charset=klingon"],
    [octets("\ufeffgrün"), "text/html; charset=latin1"],
    [latin1("\xff\xfeg\0r\0\xfc\0n\0"), "application/json"],
  ])("rule 18: reads %j of %j", (bytes, contentType) => {
    expect(textOf(bytes, contentType)).toBe("grün");
  });
});
