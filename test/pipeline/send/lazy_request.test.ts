import { afterEach, describe, expect, it, vi } from "vitest";
import { LazyRequest } from "../../../src/pipeline/send/lazy_request.ts";

const CONTENT = {
  method: "POST",
  url: "https://x.example/$batch",
  headers: {},
  body: new Uint8Array(),
};

afterEach(() => void vi.unstubAllGlobals());

describe("a lazy request", () => {
  it("has no signal made before somebody asks", () => {
    let made = 0;
    class Counted extends AbortController {
      constructor() {
        super();
        made++;
      }
    }
    vi.stubGlobal("AbortController", Counted);
    const request = new LazyRequest(CONTENT);
    request.whenAborted(() => {});
    request.abort();
    expect(made).toBe(0);
    expect(request.signal.aborted).toBe(true);
    expect(request.signal).toBe(request.signal);
    expect(made).toBe(1);
  });

  it("hands its signal on to a copy", () => {
    const request = new LazyRequest(CONTENT);
    const copy = { ...request };
    expect(copy).toEqual({ ...CONTENT, signal: request.signal });
    request.abort();
    expect(copy.signal.aborted).toBe(true);
  });

  it("tells everybody who asked to be told, once, and nobody who asked to be left alone", () => {
    const request = new LazyRequest(CONTENT);
    const told: string[] = [];
    request.whenAborted(() => told.push("first"));
    const forget = request.whenAborted(() => told.push("second"));
    request.whenAborted(() => told.push("third"));
    request.signal.addEventListener("abort", () => told.push("signal"));
    forget();
    expect(request.isAborted).toBe(false);
    request.abort();
    request.abort();
    expect(request.isAborted).toBe(true);
    expect(told).toEqual(["signal", "first", "third"]);
  });

  it("is the same as itself alone: whatever stands in for it may have a signal of its own", () => {
    const request = new LazyRequest(CONTENT);
    const prototype: unknown = Object.getPrototypeOf(request);
    const standIns: Record<string, LazyRequest> = {
      copy: { ...request } as LazyRequest,
      clone: Object.assign(Object.create(prototype as object) as LazyRequest, request),
      heir: Object.create(request) as LazyRequest,
      proxy: new Proxy(request, {}),
      "proxy that binds": new Proxy(request, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      }),
    };
    expect(request.isSame(request)).toBe(true);
    for (const [name, standIn] of Object.entries(standIns)) {
      expect(standIn.isSame?.(standIn) ?? false, name).toBe(false);
    }
  });
});
