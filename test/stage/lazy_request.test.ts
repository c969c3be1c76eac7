import { describe, expect, it } from "vitest";
import { LazyRequest } from "../../src/stage/lazy_request.ts";

const CONTENT = {
  method: "POST",
  url: "https://x.example/$batch",
  headers: {},
  body: new Uint8Array(),
};

describe("a lazy request", () => {
  it("has no signal made before somebody asks", () => {
    let made = 0;
    const { signal } = new AbortController();
    const request = new LazyRequest(CONTENT, () => {
      made++;
      return signal;
    });
    expect(made).toBe(0);
    expect(request.signal).toBe(signal);
    expect(made).toBe(1);
  });

  it("hands its signal on to a copy", () => {
    const { signal } = new AbortController();
    expect({ ...new LazyRequest(CONTENT, () => signal) }).toEqual({ ...CONTENT, signal });
  });
});
