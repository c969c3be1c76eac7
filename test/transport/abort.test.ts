import { describe, expect, it } from "vitest";
import { LazyRequest } from "../../src/pipeline/send/lazy_request.ts";
import { isAborted, whenAborted } from "../../src/transport/abort.ts";

const CONTENT = {
  method: "POST",
  url: "https://x.example/$batch",
  headers: {},
  body: new Uint8Array(),
};

describe("giving up", () => {
  it("is heard of a request that says so itself, until it is no longer listened to", () => {
    const request = new LazyRequest(CONTENT);
    let heard = 0;
    const forget = whenAborted(request, () => heard++);
    whenAborted(request, () => heard++);
    forget();
    request.abort();
    expect(heard).toBe(1);
    expect(isAborted(request)).toBe(true);
  });

  it("is heard of a stand-in through its signal, its own or that of the request", () => {
    const request = new LazyRequest(CONTENT);
    const { signal, ...others } = request;
    const controller = new AbortController();
    const heard: string[] = [];
    whenAborted({ ...others, signal }, () => heard.push("copy"));
    whenAborted({ ...request, signal: controller.signal }, () => heard.push("own"));
    whenAborted(
      new Proxy(request, {
        get(target, name) {
          if (name === "signal") return controller.signal;
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      }),
      () => heard.push("proxy"),
    );
    controller.abort();
    expect(heard).toEqual(["own", "proxy"]);
    request.abort();
    expect(heard).toEqual(["own", "proxy", "copy"]);
  });
});
