import { config, map, type Observable, Subscription } from "rxjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { get, type OperationResponse } from "../../mod.ts";
import { Rig } from "../support/rig.ts";

type Send = (rig: Rig) => Observable<OperationResponse<unknown>>;

/** A plain observer, and one for which RxJS makes a Subscriber of its own: nobody can tell them apart. */
const ways: Readonly<Record<string, Send>> = {
  "a plain observer": (rig) => rig.batcher.send(get("a")),
  "an observer behind an operator": (rig) => rig.batcher.send(get("a")).pipe(map((one) => one)),
};

describe.each(Object.entries(ways))("%s of send()", (_name, send) => {
  let log: unknown[];
  beforeEach(() => {
    log = [];
    config.onUnhandledError = (error) => log.push(`unhandled ${(error as Error).message}`);
  });
  afterEach(() => void (config.onUnhandledError = null));

  const answering = () => new Rig({ retry: false });
  const failing = () => {
    const rig = answering();
    rig.answer = () => rig.reply([{ index: 0, status: 500 }]);
    return rig;
  };
  /** What nobody handles is told later, so that it disturbs nothing. */
  const later = () => new Promise((resolve) => setTimeout(resolve));

  it("is told by a function alone", () => {
    const rig = answering();
    const subscription = send(rig).subscribe(({ status }) => log.push(status));
    rig.run();
    expect([log, subscription.closed]).toEqual([[200], true]);
  });

  it("is told by methods, which are called as such, and is closed after the last one", () => {
    const rig = answering();
    const observer = {
      name: "it",
      next({ status }: OperationResponse<unknown>) {
        log.push(this.name, status);
      },
      complete() {
        log.push(this.name, "complete", subscription.closed);
      },
    };
    const subscription = send(rig).subscribe(observer);
    subscription.add(() => log.push("finalized"));
    rig.run();
    expect(log).toEqual(["it", 200, "it", "complete", false, "finalized"]);
    expect(subscription.closed).toBe(true);
  });

  it("is told a failure by its method", () => {
    const rig = failing();
    const subscription = send(rig).subscribe({ error: ({ _tag }) => log.push(_tag) });
    subscription.add(() => log.push("finalized"));
    rig.run();
    expect([log, subscription.closed]).toEqual([["ResponseError", "finalized"], true]);
  });

  it.each([undefined, null, {}])("may be %o, as only the sending matters", (observer) => {
    const rig = answering();
    send(rig).subscribe(observer as undefined);
    rig.run();
    expect(rig.posts).toHaveLength(1);
  });

  it("is told no completion once it has left", () => {
    const rig = answering();
    const subscription: Subscription = send(rig).subscribe({
      next: () => subscription.unsubscribe(),
      complete: () => log.push("complete"),
    });
    subscription.add(() => log.push("finalized"));
    rig.run();
    expect(log).toEqual(["finalized"]);
  });

  it("withdraws when it leaves, also with whom it was added to", () => {
    const rig = answering();
    const all = new Subscription();
    all.add(send(rig).subscribe(() => log.push("next")));
    all.unsubscribe();
    rig.run();
    expect([rig.posts, log]).toEqual([[], []]);
  });

  it("is no longer held by whom it was added to when it is told", () => {
    const rig = answering();
    const all = new Subscription();
    const subscription = send(rig).subscribe();
    all.add(subscription);
    rig.run();
    subscription.add(() => log.push("at once"));
    expect([log, all.closed]).toEqual([["at once"], false]);
  });

  it("may throw: RxJS tells it later, and all that follows is told", async () => {
    const rig = answering();
    const other = get("b");
    send(rig).subscribe({
      next: () => {
        throw new Error("next");
      },
      complete: () => {
        throw new Error("complete");
      },
    });
    rig.send(other);
    rig.run();
    expect(log).toEqual([]);
    await later();
    expect(log).toEqual(["unhandled next", "unhandled complete"]);
    expect(rig.told).toEqual(["@11 b 200"]);
  });

  it("may throw at a failure, or have no method for it", async () => {
    const rig = failing();
    send(rig).subscribe({
      error: () => {
        throw new Error("error");
      },
    });
    send(rig).subscribe(() => log.push("next"));
    rig.run();
    await later();
    expect(log).toEqual(["unhandled error", expect.stringMatching(/^unhandled Cannot /)]);
  });

  it("has its context when RxJS is told to hand it one", () => {
    config.useDeprecatedNextContext = true;
    try {
      const rig = answering();
      send(rig).subscribe({
        next(this: Subscription) {
          this.unsubscribe();
        },
        complete: () => log.push("complete"),
      });
      rig.run();
      expect(log).toEqual([]);
    } finally {
      config.useDeprecatedNextContext = false;
    }
  });
});
