import { describe, expect, it } from "vitest";
import { laxDecoder, textDecoder } from "../../src/mime/charset.ts";
import { Octets } from "../../src/mime/octets.ts";
import { latin1 } from "../support/octets.ts";

const decoderIn = (text: string, charset?: string) =>
  textDecoder(Octets.of(latin1(text)), charset).encoding;

describe("laxDecoder()", () => {
  const lax = (text: string, charset?: string) =>
    laxDecoder(Octets.of(latin1(text)), charset).encoding;

  it("rule 18: takes what nobody knows for UTF-8, and a known charset for what it says", () => {
    expect(lax("x")).toBe("utf-8");
    expect(lax("", "klingon")).toBe("utf-8");
    expect(lax("x", "latin1")).toBe("windows-1252");
  });

  it("rule 18: believes a byte order mark first", () => {
    expect(lax("\xef\xbb\xbf{}", "latin1")).toBe("utf-8");
    expect(lax("\xfe\xff\0{", "utf-8")).toBe("utf-16be");
    expect(lax("\xff\xfe{\0", "klingon")).toBe("utf-16le");
    for (const text of ["\xef", "\xef\xbb", "\xef\xbb{", "\xff{", "\xfe\xfe"]) {
      expect(lax(text, "latin1")).toBe("windows-1252");
    }
  });

  it("sees a mark that stands in several pieces", () => {
    for (const pieces of [[0xff, 0xfe], [0xef, 0xbb, 0xbf]].map(inOctets)) {
      expect(laxDecoder(pieces, "latin1").encoding).toMatch(/^utf-/);
    }
  });
});

function inOctets(octets: readonly number[]): Octets {
  return new Octets(octets.map((octet) => Uint8Array.of(octet)), octets.length);
}

describe("textDecoder()", () => {
  it("believes a byte order mark when it is whole", () => {
    expect(decoderIn("\xfe\xffA", "latin1")).toBe("utf-16be");
    expect(decoderIn("\xff\xfeA", "latin1")).toBe("utf-16le");
    for (
      const text of ["", "\xfe", "\xff", "\xfeA", "\xffA", "A\xff", "A\xfe", "\xfe\xfe", "\xff\xff"]
    ) {
      expect(decoderIn(text)).toBe("utf-8");
    }
  });

  it("rule 18: sees by its first octets how wide the characters of XML are", () => {
    expect(decoderIn("<\0?\0x\0m\0l\0")).toBe("utf-16le");
    expect(decoderIn("\0<\0?\0x\0m\0l")).toBe("utf-16be");
    expect(decoderIn("<\0?\0", "utf-8")).toBe("utf-8");
    expect(decoderIn("\0\0")).toBe("utf-8");
  });

  it.each([
    `<?xml version="1.0" encoding="LATIN1"?>`,
    `<?xml\nencoding\t=\r\n'latin1' standalone="yes"?>`,
    `<?xml version='1.0'\tencoding="Windows-1252"?><a/>`,
  ])("believes what XML declares: %j", (text) => {
    expect(decoderIn(text)).toBe("windows-1252");
    expect(decoderIn(text, "utf-8")).toBe("utf-8");
  });

  it.each([
    ` <?xml encoding="latin1"?>`,
    `x<?xml encoding="latin1"?>`,
    `<a><?xml encoding="latin1"?>`,
    `<?xml version="1.0"?><a encoding="latin1"/>`,
    `<?xml myencoding="latin1"?>`,
    `<?xml encoding="latin1`,
    `<?xml encoding=latin1?>`,
    `<?xml encoding=""?>`,
    `<?xml x="${"x".repeat(128)}" encoding="latin1"?>`,
  ])("takes nothing for a declaration that is none: %j", (text) => {
    expect(decoderIn(text)).toBe("utf-8");
  });
});
