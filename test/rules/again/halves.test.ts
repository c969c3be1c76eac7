import type { Subscription } from "rxjs";
import { describe, expect, it } from "vitest";
import { type BatchOptions, get, post, TransportError } from "../../../mod.ts";
import { names, okay, Rig } from "../../support/rig.ts";
import { steadyBackoff } from "../../support/virtual_time.ts";

describe("rule 17: one that spoils a batch for all", () => {
  steadyBackoff();

  /** A server that refuses every batch with the poisoned operation in it. */
  function spoilt(
    status: number,
    options: BatchOptions = {},
    operations = names(20).map((url) => get(url)),
  ): Rig {
    const rig = new Rig({ retry: { maxRetries: 1, baseDelayMs: 0 }, ...options });
    rig.answer = ({ urls }) =>
      !urls.includes("m7")
        ? rig.reply(okay(urls))
        : status === 200
        ? rig.reply("{broken\n", { headers: { "content-type": "plain" } })
        : rig.reply("no", { status });
    for (const operation of operations) rig.send(operation);
    return rig.run();
  }

  it.each([400, 500, 200])("is found in halves under an outer %i, and fails alone", (status) => {
    const { told, batches } = spoilt(status);
    const failed = told.filter((line) => !line.endsWith(" 200") || line.includes("Error"));
    expect(failed).toHaveLength(1);
    expect(failed[0]).toContain("m7 ");
    expect(told).toHaveLength(20);
    expect(batches.length).toBeLessThanOrEqual(12);
    expect(batches.slice(0, 3).map(({ urls }) => urls.length)).toEqual([20, 10, 10]);
  });

  it.each([
    ["undefined", () => undefined],
    ["an answer without a status", () => [{ headers: {}, body: [] }]],
  ])("is not looked for where the transport gives %s", (_, give) => {
    const rig = new Rig();
    rig.answer = give as never;
    for (const url of names(8)) rig.send(get(url));
    rig.run();
    expect(rig.posts).toHaveLength(1);
    expect(rig.told.filter((line) => line.endsWith(" DecodeError"))).toHaveLength(8);
  });

  it("never sends twice what must not run twice", () => {
    const mixed = names(20).map((url, at) => at % 2 === 0 ? post(url) : get(url));
    const { told, batches } = spoilt(500, {}, mixed);
    const sent = batches.flatMap(({ urls }) => urls);
    for (const { url, method } of mixed) {
      if (method === "POST") expect(sent.filter((each) => each === url)).toHaveLength(1);
    }
    expect(told.filter((line) => line.endsWith("BatchHttpError 500"))).toHaveLength(11);
  });

  it("sends them too where refusedStatuses names the status", () => {
    const writes = names(20).map((url) => post(url));
    const { told } = spoilt(400, { retry: { refusedStatuses: [400] } }, writes);
    expect(told.filter((line) => line.endsWith(" 200"))).toHaveLength(19);
  });

  it("is everybody's when nothing was answered after two halvings", () => {
    const rig = new Rig();
    rig.answer = () => rig.reply("no", { status: 400 });
    for (const url of names(20)) rig.send(url);
    rig.run();
    expect(rig.posts).toHaveLength(7);
    expect(rig.told.filter((line) => line.endsWith("BatchHttpError 400"))).toHaveLength(20);
    expect(rig.timers).toBe(0);
  });

  it("waits for the slow half before it gives up the quick one", () => {
    const rig = new Rig();
    rig.answer = ({ urls }) =>
      urls.includes("m0")
        ? rig.reply("no", { status: 400 })
        : rig.reply(okay(urls), { afterMs: 500 });
    for (const url of names(8)) rig.send(url);
    rig.run();
    expect(rig.told.filter((line) => line.endsWith(" 200"))).toHaveLength(7);
    expect(rig.errorOf("m0")).toMatchObject({ _tag: "BatchHttpError", status: 400 });
  });

  /** `m0` spoils every batch; in its own half, `m7` is throttled at first, for five seconds. */
  function halfThrottled(status: 429 | 503): { rig: Rig; subscriptions: Subscription[] } {
    const rig = new Rig({ retry: { maxRetries: 1, baseDelayMs: 1000 } });
    let isThrottled = true;
    rig.answer = ({ urls }) => {
      if (urls.includes("m0")) return rig.reply("no", { status: 400 });
      const parts = urls.map((url, index) =>
        url === "m7" && isThrottled
          ? { index, status, ...(status === 429 ? { headers: { "retry-after": "5" } } : {}) }
          : { index, body: url }
      );
      if (urls.includes("m7")) isThrottled = false;
      return rig.reply(parts);
    };
    const subscriptions = names(8).map((url) => rig.send(url));
    return { rig, subscriptions };
  }

  it.each([429, 503] as const)("waits for one that goes again after %i", (status) => {
    const { rig } = halfThrottled(status);
    rig.run();
    expect(rig.told.filter((line) => line.endsWith(" 200"))).toHaveLength(7);
    expect(rig.errorOf("m0")).toMatchObject({ _tag: "BatchHttpError", status: 400 });
    expect(rig.told.filter((line) => line.includes(" m7 "))).toHaveLength(1);
    expect(rig.timers).toBe(0);
  });

  it.each([429, 503] as const)(
    "is found too when one leaves that was to go again after %i, and comes back",
    (status) => {
      const { rig, subscriptions } = halfThrottled(status);
      rig.at(100, () => subscriptions[7]!.unsubscribe());
      rig.at(200, () => rig.send(get("m7"), "m7 again"));
      rig.run();
      expect(rig.told.filter((line) => line.endsWith(" 200"))).toHaveLength(7);
      expect(rig.told.filter((line) => line.includes("m7"))).toHaveLength(1);
      expect(rig.errorOf("m0")).toMatchObject({ _tag: "BatchHttpError", status: 400 });
      expect(rig.timers).toBe(0);
    },
  );

  it("settles those at rest when the last who are not leave while they wait to go again", () => {
    const rig = new Rig({ retry: { maxRetries: 1, baseDelayMs: 60_000, maxTotalMs: 600_000 } });
    rig.answer = ({ urls }) =>
      urls.length === 4 && urls.includes("m15")
        ? rig.failing(new TransportError("Cannot connect", { sent: false }))
        : rig.reply("no", { status: 400 });
    const subscriptions = names(16).map((url) => rig.send(url));
    rig.run(1_000);
    expect(rig.told).toEqual([]);
    for (const at of [12, 13, 14, 15]) subscriptions[at]!.unsubscribe();
    expect(rig.told).toHaveLength(12);
    expect(rig.told.every((line) => /^@1000 m\d+ BatchHttpError 400$/.test(line))).toBe(true);
    expect(rig.timers).toBe(0);
  });

  it("settles those who wait for others when these leave", () => {
    const rig = new Rig({ concurrency: 1 });
    rig.answer = ({ number, urls }) =>
      number > 0 && urls.includes("m7") ? rig.silence() : rig.reply("no", { status: 400 });
    const subscriptions = names(8).map((url) => rig.send(url));
    rig.run(60);
    for (const at of [4, 5, 6, 7]) subscriptions[at]!.unsubscribe();
    rig.run();
    expect(rig.told).toHaveLength(4);
    expect(rig.timers).toBe(0);
  });

  it.each([502, 503, 504])("is not looked for under an outer %i", (status) => {
    const rig = new Rig({ retry: false });
    rig.answer = () => rig.reply("no", { status });
    for (const url of names(4)) rig.send(url);
    expect(rig.run().posts).toHaveLength(1);
  });
});
