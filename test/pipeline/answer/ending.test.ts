import { describe, expect, it } from "vitest";
import { type BatchError, get, TransportError } from "../../../mod.ts";
import type { Attempt } from "../../../src/pipeline/answer/again/retry.ts";
import { Endings } from "../../../src/pipeline/answer/ending.ts";
import { Lane } from "../../../src/pipeline/collect/lane.ts";
import { Entry, Mark, pastOf } from "../../../src/pipeline/entry.ts";
import { Batch } from "../../../src/pipeline/send/batch.ts";
import type { PostEnd } from "../../../src/pipeline/send/exchange.ts";
import { describeError } from "../../support/rig.ts";

const home = { leave: () => {}, mark: new Mark() };
const sink = { answered: () => {}, failed: () => {} };
const context = { key: "me", name: "me", url: "https://a.example/me" };
const head = { status: 200, headers: {} };

interface Said {
  readonly what: string;
  readonly urls: readonly string[];
  /** Without its wait, which `hasWait` stands for. */
  readonly attempt?: Attempt & { readonly hasWait?: boolean };
  /** What each fails with, if it cannot go again. */
  readonly errors?: readonly BatchError[];
}

/** A batch of `a`, `b` and `c`, and what is said about it. */
class Setting {
  readonly said: Said[] = [];
  readonly entries = ["a", "b", "c"].map((url) => entryOf(url));
  readonly batch = new Batch({
    lane: new Lane(1, { context, account: undefined }, { size: 20, bytes: 1000 }),
    number: 1,
    reason: "count",
  }, () => {});
  readonly #endings = new Endings({
    withOneWait: (_, attempt) => ({ ...attempt, delayMs: 7 }),
    tryEach: (_batch, entries, { delayMs, ...attempt }, errorOf) => {
      const errors = entries.map((entry) => errorOf(entry, "policy"));
      const waits = delayMs === undefined ? attempt : { ...attempt, hasWait: true };
      // Nothing is said of nobody.
      if (entries.length > 0) this.#say("again", entries, { attempt: waits, errors });
    },
    failAll: (entries, errorOf) => this.#say("fail", entries, { errors: entries.map(errorOf) }),
    putBack: (entries) => this.#say("back", entries),
  }, {
    refused: (_batch, entries) => this.#say("refused", entries),
    unreadable: (_batch, entries) => this.#say("unreadable", entries),
  });

  constructor() {
    this.batch.entries = this.entries;
    this.batch.hasSettled = true;
  }

  ended(end: PostEnd, unanswered: readonly Entry[] = this.entries): readonly Said[] {
    this.#endings.ended(this.batch, end, unanswered);
    return this.said.splice(0);
  }

  /** It stopped at this place, with this status. */
  stopped(place: number, unanswered?: readonly Entry[], status = 404): readonly Said[] {
    const part = { index: undefined, status, headers: {}, readBody: () => "no" };
    const stop = { place, part };
    return this.ended({ kind: "read", stop, mismatch: undefined, unread: undefined }, unanswered);
  }

  #say(what: string, entries: readonly Entry[], more: Partial<Said> = {}): void {
    this.said.push({ what, urls: entries.map(({ operation }) => operation.url!), ...more });
  }
}

function entryOf(url: string): Entry {
  return Object.assign(new Entry(get(url), home, sink), { context, state: "flying", attempts: 1 });
}

/** An end without a stop. */
function read(mismatch?: string): PostEnd {
  return { kind: "read", stop: undefined, mismatch, unread: { head, detail: "odd" } };
}

const all = ["a", "b", "c"];

describe("the end of a POST, for those who got no part", () => {
  it.each<PostEnd>([
    read(),
    { kind: "lost", cause: 1 },
    { kind: "refused", head, detail: "" },
    { kind: "not sent", cause: 1 },
    { kind: "forbidden", cause: 1 },
    { kind: "put back" },
    { kind: "malformed", cause: 1, unread: undefined },
    { kind: "abandoned" },
  ])("is nothing when all got theirs: $kind", (end) => {
    expect(new Setting().ended(end, [])).toEqual([]);
  });

  it("is a matter of refusals when it was no batch answer, or none that can be read", () => {
    const setting = new Setting();
    expect(setting.ended({ kind: "refused", head, detail: "" }))
      .toEqual([{ what: "refused", urls: all }]);
    expect(setting.ended({ kind: "malformed", cause: 1, unread: undefined }))
      .toEqual([{ what: "unreadable", urls: all }]);
  });

  it("puts all back when their lane paused before it was sent", () => {
    expect(new Setting().ended({ kind: "put back" })).toEqual([{ what: "back", urls: all }]);
  });

  it("fails all for which beforeSend said no", () => {
    const cause = new Error("no");
    const [said] = new Setting().ended({ kind: "forbidden", cause });
    expect(said).toMatchObject({ what: "fail", urls: all });
    expect(said!.errors!.map(describeError)).toEqual(all.map(() => "NotExecutedError certain"));
    expect(said!.errors![0]!.cause).toBe(cause);
  });

  it("pauses the lane when no whole answer came back: nobody knows what ran", () => {
    const cause = new Error("cut");
    const [said] = new Setting().ended({ kind: "lost", cause });
    const attempt = { outcome: "unknown", pauses: "lane", hasWait: true };
    expect(said).toMatchObject({ what: "again", urls: all, attempt });
    expect(said!.errors!.map(describeError)).toEqual(all.map(() => "NotExecutedError unknown"));
    expect(said!.errors![0]!.cause).toBe(cause);
  });

  it("is waited for when there was no connection, and for nothing else that kept it back", () => {
    const attemptOf = (cause: unknown) => {
      const [said] = new Setting().ended({ kind: "not sent", cause });
      return [said!.attempt, said!.urls, said!.errors![0]!.name];
    };
    expect(attemptOf(new TransportError("Cannot", { sent: false }))).toEqual([
      { outcome: "throttled", pauses: "lane", isUnsent: true, hasWait: true },
      all,
      "TransportError",
    ]);
    expect(attemptOf(new TransportError("Cannot", { sent: false, isFinal: true })))
      .toEqual([{ outcome: "failed" }, all, "TransportError"]);
    expect(attemptOf(new Error("no token")))
      .toEqual([{ outcome: "failed" }, all, "NotExecutedError"]);
  });

  it("leaves it unknown what ran of those without a part, and says why they have none", () => {
    const setting = new Setting();
    const [said] = setting.ended(read("2 parts"), setting.entries.slice(1));
    const attempt = { outcome: "unknown", hasWait: true };
    expect(said).toMatchObject({ what: "again", urls: ["b", "c"], attempt });
    expect(said!.attempt).not.toHaveProperty("pauses");
    expect(said!.errors![0]!.cause).toMatchObject({ name: "DecodeError", detail: "odd" });
    expect((said!.errors![0]!.cause as Error).message).toContain("2 parts");
    expect(setting.ended(read())[0]!.errors![0]!.cause).toBe(undefined);
  });
});

describe("rule 14: a server that stopped at an error", () => {
  const skipped = { outcome: "not executed", isFree: true };

  it("ran nothing of what stands behind, which goes again at once, and perhaps what stands before", () => {
    const setting = new Setting();
    const [a, b, c] = setting.entries;
    const said = setting.stopped(1, [a!, c!]);
    expect(said.map(({ urls, attempt }) => [urls, attempt])).toEqual([
      [["a"], { outcome: "unknown", hasWait: true }],
      [["c"], skipped],
    ]);
    expect(said.map(({ errors }) => describeError(errors![0])))
      .toEqual(["NotExecutedError unknown", "NotExecutedError certain"]);
    expect(said[1]!.errors![0]!.message).toContain("a stop at an error before it");
    expect(b!.past).toBe(undefined);
  });

  it("ran nothing for those either who share a place behind", () => {
    const setting = new Setting();
    const rider = entryOf("rider");
    setting.batch.riders.take(setting.entries[2]!, [rider]);
    const said = setting.stopped(1, [setting.entries[2]!, rider]);
    expect(said).toMatchObject([{ urls: ["c", "rider"], attempt: skipped }]);
  });

  it("counts as an attempt, with a wait, where its answer settled nobody", () => {
    const setting = new Setting();
    setting.batch.hasSettled = false;
    const [said] = setting.stopped(0, setting.entries.slice(1));
    expect(said).toMatchObject({ urls: ["b", "c"] });
    expect(said!.attempt).toEqual({ outcome: "not executed", hasWait: true });
    expect(said!.errors![0]!.message).toContain("a stop at an error before it");
  });

  it("counts as none where some of it goes again with fresh headers, and bars nobody", () => {
    const setting = new Setting();
    setting.batch.isRenewed = true;
    setting.batch.hasSettled = false;
    const [said] = setting.stopped(0, setting.entries.slice(1));
    expect(said).toMatchObject({ urls: ["b", "c"], attempt: skipped });
    expect(said!.errors![0]!.message).toContain("a stop at an error before it");
    expect(setting.entries[1]!.past).toBe(undefined);
  });

  it("bars those for whom the same error of a first operation has come for the third time", () => {
    const setting = new Setting();
    const rest = setting.entries.slice(1);
    expect(setting.stopped(0, rest).map(({ what, urls }) => [what, urls]))
      .toEqual([["fail", []], ["again", ["b", "c"]]]);
    // The last one goes first, to find out.
    expect(setting.stopped(0, rest).map(({ what, urls }) => [what, urls]))
      .toEqual([["fail", []], ["again", ["c", "b"]]]);
    const [failed, again] = setting.stopped(0, rest);
    expect(failed).toMatchObject({ what: "fail", urls: ["b", "c"] });
    expect(describeError(failed!.errors![0])).toBe("BatchHttpError 404");
    // No budget is spent: it is the error itself.
    expect(failed!.errors![0]!.cause).toBe(undefined);
    expect(again).toBe(undefined);
  });

  it("bars nobody when it stopped at another one", () => {
    const setting = new Setting();
    for (let times = 0; times < 4; times++) {
      expect(setting.stopped(1, [setting.entries[2]!])).toMatchObject([{ urls: ["c"] }]);
    }
    expect(setting.entries[2]!.past?.barredBy).toBe(undefined);
  });

  it.each([[404, false], [401, true]])(
    "took the headers and the token of the batch, unless it says otherwise: %i",
    (status, hasRefreshed) => {
      const setting = new Setting();
      const [, b, c] = setting.entries;
      Object.assign(pastOf(c!), { hasNewHeaders: true, hasRefreshed: true });
      setting.stopped(1, [c!], status);
      expect(c!.past).toMatchObject({ hasNewHeaders: false, hasRefreshed });
      setting.stopped(0, [b!], status);
      expect(b!.past).toMatchObject({ hasNewHeaders: false, hasRefreshed: false });
    },
  );
});
