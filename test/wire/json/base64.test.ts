import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fromBase64, toBase64, toBase64Url } from "../../../src/wire/json/base64.ts";
import { octets } from "../../support/octets.ts";

/** What the platform brings along is taken away, one after the other. */
const ways: Readonly<Record<string, () => void>> = {
  "as the platform is": () => {},
  "without methods of its own": () => withoutMethods(),
  "without a Buffer either": () => {
    withoutMethods();
    vi.stubGlobal("Buffer", undefined);
  },
};

function withoutMethods(): void {
  // Not as members, as the types of some runtimes have these methods and those of others do not.
  class Plain extends Uint8Array {}
  Object.defineProperty(Plain, "fromBase64", { value: undefined });
  Object.defineProperty(Plain.prototype, "toBase64", { value: undefined });
  vi.stubGlobal("Uint8Array", Plain);
}

/** By the one function that all platforms have. */
function reference(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

describe.each(Object.entries(ways))("base64, %s", (_name, prepare) => {
  afterEach(() => void vi.unstubAllGlobals());

  it("is written and read as it was", () => {
    prepare();
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (given) => {
      const bytes = new Uint8Array(given);
      const text = toBase64(bytes);
      expect(text).toBe(reference(bytes));
      expect([...fromBase64(text)]).toEqual([...bytes]);
      expect([...fromBase64(toBase64Url(bytes))]).toEqual([...bytes]);
    }));
  });

  it("counts from where a view begins", () => {
    prepare();
    expect(toBase64(new Uint8Array(octets("--Man")).subarray(2))).toBe("TWFu");
  });

  it("passes over white space, and does without padding", () => {
    prepare();
    expect([...fromBase64("TW\r\nFu T\tQ==")]).toEqual([...octets("ManM")]);
    expect([...fromBase64("TQ")]).toEqual([...octets("M")]);
    expect(fromBase64("")).toHaveLength(0);
  });

  it("hands out an array that shares its memory with nobody", () => {
    prepare();
    expect(fromBase64("TWFu").buffer.byteLength).toBe(3);
  });

  it.each([
    "T",
    "TQ=",
    "TQ===",
    "=",
    "T=Q=",
    "TW!u",
    "TWF\u00fc",
    "\u0154WFu",
    "TWFu====",
    "TWFuT",
  ])(
    "refuses %j, which is none",
    (text) => {
      prepare();
      expect(() => fromBase64(text)).toThrow(/must be base64.*a string of \d+ characters/);
    },
  );
});
