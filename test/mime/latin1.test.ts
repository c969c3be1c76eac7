import { describe, expect, it } from "vitest";
import { decodeLatin1, encodeLatin1 } from "../../src/mime/latin1.ts";
import { octets } from "../support/octets.ts";

describe("decodeLatin1()", () => {
  it("gives each octet its own character", () => {
    const all = Uint8Array.from({ length: 256 }, (_, octet) => octet);
    const decoded = decodeLatin1(all);
    expect([...decoded].map((character) => character.charCodeAt(0))).toEqual([...all]);
  });

  it("does not take UTF-8 for what it is", () => {
    expect(decodeLatin1(octets("ä€"))).toBe("\u00c3\u00a4\u00e2\u0082\u00ac");
  });

  it("keeps what looks like a byte order mark", () => {
    expect(decodeLatin1(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41))).toBe("\u00ef\u00bb\u00bfA");
  });

  it("takes more octets than a call takes arguments", () => {
    expect(decodeLatin1(new Uint8Array(1_000_000).fill(0xe4))).toBe("ä".repeat(1_000_000));
  });
});

describe("encodeLatin1()", () => {
  it("gives each character one octet", () => {
    expect([...encodeLatin1("aä\u00ff")]).toEqual([0x61, 0xe4, 0xff]);
  });
});
