import { describe, expect, it } from "vitest";
import { get, toPromise } from "../../mod.ts";
import { Rig } from "../support/rig.ts";

describe("toPromise()", () => {
  it("resolves with the answer, or rejects with the error of its operation", async () => {
    const rig = new Rig();
    rig.answer = () => rig.reply([{ index: 0, body: "yes" }, { index: 1, status: 404 }]);
    const sent = [toPromise(rig.batcher, get("a")), toPromise(rig.batcher, get("b"))];
    rig.run();
    const [yes, no] = await Promise.allSettled(sent);
    expect(yes).toMatchObject({ status: "fulfilled", value: { body: "yes" } });
    expect(no).toMatchObject({ reason: { _tag: "ResponseError", status: 404 } });
    expect(rig.posts).toEqual(["@10 me: a b"]);
  });

  it("withdraws when its signal aborts, and rejects with the reason", async () => {
    const rig = new Rig();
    const controller = new AbortController();
    const sent = toPromise(rig.batcher, get("a"), { signal: controller.signal });
    rig.at(5, () => controller.abort("enough"));
    rig.run();
    await expect(sent).rejects.toBe("enough");
    expect(rig.posts).toEqual([]);
    expect(rig.timers).toBe(0);
  });

  it("submits nothing when its signal is aborted already", async () => {
    const rig = new Rig();
    const sent = toPromise(rig.batcher, get("a"), { signal: AbortSignal.abort("late") });
    expect(rig.timers).toBe(0);
    await expect(sent).rejects.toBe("late");
  });

  it("leaves no listener behind, however it ends", async () => {
    const rig = new Rig();
    rig.answer = () => rig.reply([{ index: 0 }, { index: 1, status: 404 }]);
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<typeof add>) => (listeners++, add(...given));
    signal.removeEventListener = (
      ...given: Parameters<typeof add>
    ) => (listeners--, remove(...given));
    const sent = ["a", "b"].map((url) => toPromise(rig.batcher, get(url), { signal }));
    expect(listeners).toBe(2);
    rig.run();
    await Promise.allSettled(sent);
    expect(listeners).toBe(0);
  });

  it.each<[string, unknown, string]>([
    ["a signal where options stand", new AbortController().signal, "did you mean signal?"],
    ["a name that nobody reads", { timeoutMs: 5 }, "one with timeoutMs (did you mean signal?)"],
    ["a controller", { signal: new AbortController() }, "value is an AbortController"],
    ["null", null, "current value is null"],
  ])("rejects and sends nothing when it is given %s", async (_, options, shown) => {
    const rig = new Rig();
    const sent = toPromise(rig.batcher, get("a"), options as object);
    await expect(sent).rejects.toThrow(TypeError);
    await expect(sent).rejects.toThrow(shown);
    rig.run();
    expect(rig.posts).toEqual([]);
  });
});
