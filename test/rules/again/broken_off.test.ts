import { concat, Observable, of, throwError } from "rxjs";
import { describe, expect, it } from "vitest";
import { type BatchHttpError, get, post } from "../../../mod.ts";
import { octets } from "../../support/octets.ts";
import { names, okay, Rig, type RigOptions, untimed } from "../../support/rig.ts";
import { steadyBackoff } from "../../support/virtual_time.ts";

steadyBackoff();

const reset = new Error("reset");
const TEXT = '{"error":{"code":"ErrorOfTheServer","mess';

describe("rule 21: a refusal whose text breaks off is that refusal", () => {
  /** A server that refuses its first batch so, and takes the others. */
  function refusing(
    status: number,
    headers: Readonly<Record<string, string>> = {},
    options: RigOptions = {},
  ): Rig {
    const rig = new Rig({ timeoutMs: 1_000, ...options });
    rig.answer = ({ number, urls }) =>
      number > 0
        ? rig.reply(okay(urls))
        : of({ status, headers, body: concat(of(octets(TEXT)), throwError(() => reset)) });
    return rig;
  }

  it("429: what must not run twice goes again, after the time that it names", () => {
    const rig = refusing(429, { "retry-after": "20" });
    rig.send(post("a"));
    rig.send(get("b"));
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a b", "@20010 me: a b"]);
    expect(untimed(rig.told)).toEqual(["a 200", "b 200"]);
  });

  it("401: a fresh token is asked for", () => {
    const asked: boolean[] = [];
    const rig = refusing(401, {}, {
      token: (_context, { refresh }) => {
        asked.push(refresh);
        return `t${asked.length}`;
      },
    });
    rig.send(post("a"));
    rig.run();
    expect(asked).toEqual([false, true]);
    expect(untimed(rig.told)).toEqual(["a 200"]);
  });

  it("413: batches are half as large", () => {
    const rig = refusing(413);
    for (const url of names(8)) rig.send(post(url));
    rig.run();
    expect(rig.batches.map(({ urls }) => urls.length)).toEqual([8, 4, 4]);
    expect(untimed(rig.told)).toEqual(names(8).map((url) => `${url} 200`));
  });

  it("403: the error has the status, and what came of the text", () => {
    const rig = refusing(403, { "request-id": "7" });
    rig.send(post("a"));
    rig.run();
    expect(rig.errorOf("a")).toMatchObject({
      _tag: "BatchHttpError",
      status: 403,
      detail: TEXT,
    });
    expect((rig.errorOf("a") as BatchHttpError).headers).toMatchObject({ "request-id": "7" });
    expect([rig.posts.length, rig.timers]).toEqual([1, 0]);
  });

  it("503: it is unknown what ran, so reads alone go again", () => {
    const rig = refusing(503);
    rig.send(post("a"));
    rig.send(get("b"));
    rig.run();
    expect(rig.batches.map(({ urls }) => urls)).toEqual([["a", "b"], ["b"]]);
    expect(untimed(rig.told)).toEqual(["a BatchHttpError 503", "b 200"]);
  });

  it("200: nobody knows what ran", () => {
    const rig = refusing(200);
    rig.send(post("a"));
    rig.run();
    expect(untimed(rig.told)).toEqual(["a NotExecutedError unknown"]);
  });

  it("and one that never ends is no answer in time: its connection is dropped", () => {
    const rig = new Rig({ timeoutMs: 1_000, retry: false });
    let isDropped = false;
    const body = new Observable<Uint8Array>(() => () => isDropped = true);
    rig.answer = () => of({ status: 400, headers: {}, body });
    rig.send("a");
    rig.send(post("b"));
    rig.run();
    expect(untimed(rig.told)).toEqual(["a BatchTimeoutError", "b BatchTimeoutError"]);
    expect([rig.posts.length, isDropped, rig.timers]).toEqual([1, true, 0]);
  });
});
