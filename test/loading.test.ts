import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

/** On Node each of these loads all of `fetch` when it is named first: some 20 ms, whoever needs them or not. */
const COSTLY = ["fetch", "Request", "Response", "Headers", "FormData"];

describe("loading the core", () => {
  const original = new Map(
    COSTLY.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)!]),
  );
  let touched: string[];

  beforeEach(() => {
    touched = [];
    vi.resetModules();
    for (const [name, descriptor] of original) {
      Object.defineProperty(globalThis, name, {
        configurable: true,
        get() {
          touched.push(name);
          return "value" in descriptor ? descriptor.value : descriptor.get?.call(globalThis);
        },
      });
    }
  });

  afterEach(() => {
    for (const [name, descriptor] of original) Object.defineProperty(globalThis, name, descriptor);
  });

  it("loads nothing of the platform's fetch", async () => {
    await import("../mod.ts");
    expect(touched).toEqual([]);
  });
});
