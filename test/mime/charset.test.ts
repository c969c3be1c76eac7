import { describe, expect, it } from "vitest";
import { decoderOf, laxDecoder, textDecoder } from "../../src/mime/charset.ts";
import { Octets } from "../../src/mime/octets.ts";
import { latin1 } from "../support/octets.ts";

const decoderIn = (text: string, charset?: string) =>
  textDecoder(Octets.of(latin1(text)), charset).encoding;

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
    expect(laxDecoder("klingon")).toBe(decoderOf(undefined));
    expect(laxDecoder("latin1").encoding).toBe("windows-1252");
  });
});

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
