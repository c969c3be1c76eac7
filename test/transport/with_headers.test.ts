import { describe, expect, it } from "vitest";
import { LazyRequest } from "../../src/pipeline/send/lazy_request.ts";
import { isAborted, whenAborted } from "../../src/transport/abort.ts";
import { withHeaders } from "../../src/transport/with_headers.ts";

const content = {
  method: "POST",
  url: "https://a.example/$batch",
  headers: { Accept: "multipart/mixed", traceparent: "old" },
  body: new Uint8Array([1]),
};

describe("a request with more headers", () => {
  it("says what it said, and what was added", () => {
    const request = new LazyRequest(content);
    expect({ ...withHeaders(request, { traceparent: "new" }) }).toEqual({
      ...content,
      headers: { Accept: "multipart/mixed", traceparent: "new" },
      signal: request.signal,
    });
    expect(request.headers).toBe(content.headers);
  });

  it("has each of them once, whatever its letter case", () => {
    const headers = JSON.parse('{"TraceParent":"old","Accept":"*/*","__proto__":"p"}');
    const dressed = withHeaders(new LazyRequest({ ...content, headers }), { traceparent: "new" });
    expect(Object.entries(dressed.headers)).toEqual([
      ["Accept", "*/*"],
      ["__proto__", "p"],
      ["traceparent", "new"],
    ]);
  });

  it.each([
    ["quiet", () => {
      const request = new LazyRequest(content);
      return { request, abort: () => request.abort() };
    }],
    ["with a signal", () => {
      const controller = new AbortController();
      const request = { ...content, signal: controller.signal };
      return { request, abort: () => controller.abort() };
    }],
  ])("ends with the one that it is made of, which is %s", (_, make) => {
    const { request, abort } = make();
    const dressed = withHeaders(request, {});
    let heard = 0;
    whenAborted(dressed, () => heard++);
    whenAborted(dressed, () => heard++)();
    expect([isAborted(dressed), heard]).toEqual([false, 0]);
    abort();
    expect([isAborted(dressed), heard, dressed.signal.aborted]).toEqual([true, 1, true]);
  });
});
