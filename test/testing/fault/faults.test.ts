import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  fakeOutlook,
  type FakeService,
  type Fault,
  type ScriptedFaults,
} from "../../../src/testing.ts";
import { BOUNDARY, creation, errorOf, partsIn, partsOf, post, statusesOf } from "../support.ts";

const RUFUS = "rufus@contoso.com";
const FOUR = ["a", "b", "c", "d"].map((name) => creation(name, { id: name }));
const CONTINUE = { headers: { Prefer: "odata.continue-on-error" } };

/** A server whose first batch these faults strike. */
function struck(
  line: ScriptedFaults,
  options: Parameters<typeof fakeOutlook>[0] = {},
): FakeService {
  return fakeOutlook({
    mailboxes: { [RUFUS]: { messages: 0 } },
    order: "request",
    script: [line],
    ...options,
  });
}

function madeIn(fake: FakeService): unknown[] {
  return fake.items(RUFUS, "messages").map((item) => item["Subject"]);
}

async function healthy(fake: FakeService): Promise<void> {
  expect(await statusesOf(await post(fake, FOUR, CONTINUE))).toEqual([201, 201, 201, 201]);
}

describe("status", () => {
  for (const status of [401, 408, 413, 429, 500, 502, 503, 504]) {
    it(`${status} on the batch: nothing is carried out, and the next batch passes`, async () => {
      const fake = struck({ name: "status", status });
      const response = await post(fake, FOUR);
      expect((await errorOf(response)).status).toBe(status);
      expect(response.headers.has("retry-after")).toBe(false);
      expect(madeIn(fake)).toEqual([]);
      expect(fake.ledger.batches[0]).toMatchObject({ status, faults: ["status"], size: 4 });
      await healthy(fake);
    });

    it(`${status} on one part: the others are carried out`, async () => {
      const fake = struck({ name: "status", status, on: "part", index: 1 });
      const response = await post(fake, FOUR, CONTINUE);
      expect(await statusesOf(response)).toEqual([201, status, 201, 201]);
      expect(madeIn(fake)).toEqual(["a", "c", "d"]);
      expect(fake.ledger.entries[1]).toMatchObject({ status, carriedOut: false, answered: true });
    });
  }

  it("can come although everything was carried out, on the batch and on a part", async () => {
    const whole = struck({ name: "status", status: 504, carriedOut: true });
    expect((await post(whole, FOUR)).status).toBe(504);
    expect(madeIn(whole)).toEqual(["a", "b", "c", "d"]);
    expect([whole.ledger.carriedOut(), whole.ledger.answered()]).toEqual([4, 0]);

    const part = struck({ name: "status", status: 500, carriedOut: true, on: "part", index: 0 });
    expect(await statusesOf(await post(part, FOUR, CONTINUE))).toEqual([500, 201, 201, 201]);
    expect(madeIn(part)).toHaveLength(4);
  });

  it("stops the batch as any error does", async () => {
    const fake = struck({ name: "status", status: 429, on: "part", index: 1 });
    expect(await statusesOf(await post(fake, FOUR))).toEqual([201, 429]);
    expect(madeIn(fake)).toEqual(["a"]);
  });

  it("takes the code that the test wants; below 300 it is bare", async () => {
    const coded = struck({ name: "status", status: 500, code: "ErrorMine" });
    expect(await errorOf(await post(coded, FOUR))).toEqual({ status: 500, code: "ErrorMine" });
    const bare = await post(struck({ name: "status", status: 204 }), FOUR);
    expect([bare.status, await bare.text()]).toEqual([204, ""]);
  });

  it("Retry-After: seconds, fractions, a date, a date from now, absurd text, on batch and part", async () => {
    const clock = { now: () => Date.UTC(2026, 0, 1), wait: () => Promise.resolve() };
    const cases = [
      [3, "3"],
      [2.128, "2.128"],
      [new Date(Date.UTC(2026, 1, 3, 4, 5, 6)), "Tue, 03 Feb 2026 04:05:06 GMT"],
      [{ inMs: 90_000 }, "Thu, 01 Jan 2026 00:01:30 GMT"],
      ["soon, maybe", "soon, maybe"],
      [-1, "-1"],
      [1e300, "1e+300"],
    ] as const;
    for (const [retryAfter, text] of cases) {
      const whole = struck({ name: "status", status: 429, retryAfter }, { clock });
      expect((await post(whole, FOUR)).headers.get("retry-after")).toBe(text);
      const part = struck({ name: "status", status: 503, retryAfter, on: "part" }, { clock });
      expect((await partsOf(await post(part, FOUR)))[0]?.headers["retry-after"]).toBe(text);
    }
  });
});

describe("html", () => {
  it("is a gateway's page in place of the answer", async () => {
    const fake = struck({ name: "html" });
    const response = await post(fake, FOUR);
    expect(response.status).toBe(502);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await response.text()).toMatch(/^<!DOCTYPE html>/);
    expect(madeIn(fake)).toEqual([]);
  });

  it("comes with any status, after the work, and inside a part", async () => {
    const late = struck({ name: "html", status: 200, carriedOut: true });
    expect((await post(late, FOUR)).status).toBe(200);
    expect(madeIn(late)).toHaveLength(4);
    const part = struck({ name: "html", status: 503, on: "part", index: 2 });
    const parts = await partsOf(await post(part, FOUR, CONTINUE));
    expect(parts[2]).toMatchObject({ status: 503, text: expect.stringContaining("<html>") });
  });
});

describe("latency", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** When the promise settles, in virtual time. */
  async function settledAt(promise: Promise<unknown>, ms: number): Promise<boolean> {
    let settled = false;
    promise.then(() => settled = true, () => settled = true);
    await vi.advanceTimersByTimeAsync(ms);
    return settled;
  }

  it("holds the answer back, before anything is carried out", async () => {
    const fake = struck({ name: "latency", ms: 1000 });
    const answer = post(fake, FOUR);
    expect(await settledAt(answer, 999)).toBe(false);
    expect(madeIn(fake)).toEqual([]);
    expect(await settledAt(answer, 1)).toBe(true);
  });

  it("or between the work and the answer", async () => {
    const fake = struck({ name: "latency", ms: 1000, carriedOut: true });
    const answer = post(fake, FOUR);
    expect(await settledAt(answer, 999)).toBe(false);
    expect(madeIn(fake)).toHaveLength(4);
    expect(await settledAt(answer, 1)).toBe(true);
  });

  it("drawn between two bounds", async () => {
    const fake = struck({ name: "latency", ms: [100, 200] });
    const answer = post(fake, FOUR);
    expect(await settledAt(answer, 99)).toBe(false);
    expect(await settledAt(answer, 101)).toBe(true);
  });

  it("on parts: each goes out as soon as it is made", async () => {
    const fake = struck({ name: "latency", ms: 1000, on: "part" });
    const response = await post(fake, FOUR);
    const reader = response.body?.getReader();
    for (let made = 1; made <= 4; made++) {
      const chunk = reader?.read() as Promise<unknown>;
      expect(await settledAt(chunk, 999)).toBe(false);
      expect(await settledAt(chunk, 1)).toBe(true);
      expect(fake.ledger.answered()).toBe(made);
    }
  });

  it("without end, until the client leaves: nothing is carried out then", async () => {
    const fake = struck({ name: "latency", ms: Infinity });
    const leaving = new AbortController();
    const answer = post(fake, FOUR, { signal: leaving.signal });
    const reason = new Error("enough");
    const rejected = expect(answer).rejects.toBe(reason);
    expect(await settledAt(answer, 1e9)).toBe(false);
    leaving.abort(reason);
    await rejected;
    expect(fake.ledger.batches[0]?.aborted).toBe(true);
    expect(madeIn(fake)).toEqual([]);
  });

  it("a client that leaves amid the parts stops what has not begun", async () => {
    const fake = struck({ name: "latency", ms: 1000, on: "part" });
    const leaving = new AbortController();
    const response = await post(fake, FOUR, { signal: leaving.signal });
    const reader = response.body?.getReader();
    const first = reader?.read();
    await vi.advanceTimersByTimeAsync(1500);
    await first;
    const reason = new Error("enough");
    const rejected = expect(reader?.read()).rejects.toBe(reason);
    leaving.abort(reason);
    await rejected;
    await vi.advanceTimersByTimeAsync(5000);
    expect(madeIn(fake)).toEqual(["a"]);
    expect(fake.ledger.batches[0]?.aborted).toBe(true);
  });

  it("latencyMs holds every answer back", async () => {
    const fake = fakeOutlook({ latencyMs: [50, 60] });
    const headers = { Authorization: `Bearer ${fake.token}` };
    const single = (): Promise<Response> => fake.fetch(`${fake.baseUrl}me`, { headers });
    for (const ask of [() => post(fake, FOUR), single]) {
      const answer = ask();
      expect(await settledAt(answer, 49)).toBe(false);
      expect(await settledAt(answer, 11)).toBe(true);
    }
  });
});

describe("the connection", () => {
  async function failureOf(answer: Promise<unknown>): Promise<unknown> {
    const failure = await answer.then(() => undefined, (error: unknown) => error);
    expect(failure).toBeInstanceOf(TypeError);
    return (failure as TypeError & { cause: { code: string } }).cause.code;
  }

  it("refuse: nothing was sent, so nothing was received", async () => {
    const fake = struck({ name: "refuse" });
    expect(await failureOf(post(fake, FOUR))).toBe("ECONNREFUSED");
    expect(fake.ledger.received()).toBe(0);
    await healthy(fake);
  });

  it("reset before the head: received, not carried out", async () => {
    const fake = struck({ name: "reset" });
    expect(await failureOf(post(fake, FOUR))).toBe("ECONNRESET");
    expect([fake.ledger.received(), fake.ledger.carriedOut()]).toEqual([4, 0]);
    expect(fake.ledger.batches[0]?.status).toBeUndefined();
  });

  it("lost: carried out, not answered", async () => {
    const fake = struck({ name: "lost" });
    expect(await failureOf(post(fake, FOUR))).toBe("ECONNRESET");
    expect([fake.ledger.carriedOut(), fake.ledger.answered()]).toEqual([4, 0]);
    expect(madeIn(fake)).toHaveLength(4);
  });

  it("reset amid the body, after so many bytes or somewhere", async () => {
    for (const afterBytes of [0, 100, undefined]) {
      const fake = struck({ name: "reset", at: "after", afterBytes });
      const response = await post(fake, FOUR);
      expect(response.status).toBe(200);
      expect(await failureOf(response.arrayBuffer())).toBe("ECONNRESET");
      expect(fake.ledger.carriedOut()).toBe(4);
      expect(fake.ledger.answered()).toBeLessThan(4);
    }
  });
});

describe("the bytes", () => {
  it("cut: the body ends early as if that were all", async () => {
    const whole = await (await post(struck(undefined), FOUR)).text();
    const boundary = /^--(\S+)/.exec(whole)?.[0] ?? "";
    const second = whole.indexOf(boundary, boundary.length) + boundary.length + 20;
    const fake = struck({ name: "cut", afterBytes: second });
    expect(await (await post(fake, FOUR)).text()).toBe(whole.slice(0, second));
    expect(fake.ledger.answered()).toBe(1);
    const drawn = await (await post(struck({ name: "cut" }), FOUR)).text();
    expect(drawn.length).toBeLessThan(whole.length);
    expect(drawn).toBe(whole.slice(0, drawn.length));
  });

  it("drip: byte by byte, or in pieces, at intervals", async () => {
    const whole = await (await post(struck(undefined), FOUR)).text();
    const waits: number[] = [];
    const clock = {
      now: () => Date.now(),
      wait: (ms: number) => {
        waits.push(ms);
        return Promise.resolve();
      },
    };
    for (const [fault, largest] of [[{}, 1], [{ bytes: 7, everyMs: 5 }, 7]] as const) {
      const fake = struck({ name: "drip", ...fault }, { clock });
      const response = await post(fake, FOUR);
      let text = "";
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
        expect(chunk.length).toBeLessThanOrEqual(largest);
        text += new TextDecoder("latin1").decode(chunk);
      }
      expect(text).toBe(whole);
      expect(fake.ledger.answered()).toBe(4);
    }
    expect(waits.length).toBeGreaterThan(whole.length / 7);
    expect(new Set(waits)).toEqual(new Set([5]));
  });

  it("gzip: packed by the handler, unpacked by fetch", async () => {
    const fake = struck({ name: "gzip" });
    const response = await post(fake, FOUR);
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(await statusesOf(response)).toEqual([201, 201, 201, 201]);

    fake.next({ name: "gzip" });
    const fetch = (input: Request | string | URL, init?: RequestInit): Promise<Response> =>
      fake.handler(new Request(input, init));
    const packed = new Uint8Array(await (await post(fake, FOUR, { fetch })).arrayBuffer());
    expect([...packed.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
  });

  it("boundary: the head names another than the body uses", async () => {
    const response = await post(struck({ name: "boundary" }), FOUR);
    const named = /boundary=(\S+)/.exec(response.headers.get("content-type") ?? "")?.[1];
    const text = await response.text();
    expect(text).not.toContain(named);
    expect(partsIn(text, /^--(\S+)/.exec(text)?.[1] ?? "")).toHaveLength(4);
  });

  it("json: the answer comes in JSON, whatever was asked for", async () => {
    const response = await post(struck({ name: "json" }), FOUR, {
      headers: { Accept: "multipart/mixed" },
    });
    const { responses } = await response.json() as { responses: { id: string }[] };
    expect(responses.map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
  });
});

describe("the parts", () => {
  const subjectsOf = async (response: Response): Promise<unknown[]> =>
    (await partsOf(response)).map(({ text }) => JSON.parse(text).Subject);
  const echo = { echoContentId: true };

  it("fewer: some are left out", async () => {
    for (const count of [1, 3, 4]) {
      const fake = struck({ name: "fewer", count });
      const subjects = await subjectsOf(await post(fake, FOUR));
      expect(subjects).toHaveLength(4 - count);
      expect(["a", "b", "c", "d"].filter((name) => subjects.includes(name))).toEqual(subjects);
      expect([fake.ledger.carriedOut(), fake.ledger.answered()]).toEqual([4, 4 - count]);
    }
  });

  it("more: some are added that nobody asked for", async () => {
    const response = await post(struck({ name: "more", count: 2 }, echo), FOUR);
    expect(await subjectsOf(response)).toEqual(["a", "b", "c", "d", undefined, undefined]);
  });

  it("duplicate: some come twice, one behind the other", async () => {
    const parts = await partsOf(await post(struck({ name: "duplicate" }, echo), FOUR));
    const ids = parts.map(({ contentId }) => contentId);
    expect(ids).toHaveLength(5);
    expect([...new Set(ids)]).toEqual(["a", "b", "c", "d"]);
  });

  it("foreign: some carry an id that was never sent", async () => {
    const parts = await partsOf(await post(struck({ name: "foreign", count: 2 }, echo), FOUR));
    const foreign = parts.filter(({ contentId }) => contentId?.startsWith("foreign-"));
    expect([parts.length, foreign.length]).toEqual([4, 2]);
  });

  it("reorder: they come in a drawn order", async () => {
    const eight = [...FOUR, ...["e", "f", "g", "h"].map((id) => creation(id, { id }))];
    const fake = struck({ name: "reorder" }, echo);
    const parts = await partsOf(await post(fake, eight));
    const ids = parts.map(({ contentId }) => contentId);
    expect(ids).not.toEqual(["a", "b", "c", "d", "e", "f", "g", "h"]);
    expect([...ids].sort()).toEqual(["a", "b", "c", "d", "e", "f", "g", "h"]);
    expect(madeIn(fake)).toEqual(["a", "b", "c", "d", "e", "f", "g", "h"]);
  });

  it("shuffle: the operations run in a drawn order, answered in request order", async () => {
    const eight = [...FOUR, ...["e", "f", "g", "h"].map((id) => creation(id, { id }))];
    const fake = struck({ name: "shuffle" });
    const subjects = await subjectsOf(await post(fake, eight));
    expect(subjects).toEqual(["a", "b", "c", "d", "e", "f", "g", "h"]);
    expect(madeIn(fake)).not.toEqual(subjects);
  });

  it("stop: the first error ends the batch, whatever Prefer says", async () => {
    const fake = struck({ name: "stop" });
    const content = [FOUR[0] ?? creation("a"), { url: "messages/nowhere" }, creation("c")];
    expect(await statusesOf(await post(fake, content, CONTINUE))).toEqual([201, 404]);
    expect(madeIn(fake)).toEqual(["a"]);
  });
});

describe("when faults strike", () => {
  const down: Fault = { name: "status", status: 503 };

  async function statuses(fake: FakeService, posts: number): Promise<number[]> {
    const seen: number[] = [];
    for (let at = 0; at < posts; at++) {
      const response = await post(fake, FOUR);
      await response.text();
      seen.push(response.status);
    }
    return seen;
  }

  it("by probability, the same for the same seed", async () => {
    const faults = [{ ...down, probability: 0.5 }];
    const first = await statuses(fakeOutlook({ faults }), 20);
    expect(new Set(first)).toEqual(new Set([200, 503]));
    expect(await statuses(fakeOutlook({ faults }), 20)).toEqual(first);
    expect(await statuses(fakeOutlook({ faults, seed: 2 }), 20)).not.toEqual(first);
    expect(await statuses(fakeOutlook({ faults: [{ ...down, probability: 0 }] }), 5))
      .toEqual([200, 200, 200, 200, 200]);
  });

  it("at most so many times", async () => {
    expect(await statuses(fakeOutlook({ faults: [{ ...down, times: 2 }] }), 4))
      .toEqual([503, 503, 200, 200]);
  });

  it("where a test says so: by batch, mailbox or operation", async () => {
    const third = { ...down, when: ({ post }: { post: number }) => post === 3 };
    expect(await statuses(fakeOutlook({ faults: [third] }), 4)).toEqual([200, 200, 503, 200]);

    const fake = fakeOutlook({
      faults: [{
        name: "status",
        status: 429,
        on: "part",
        when: ({ entry, entries, mailbox }) =>
          mailbox === RUFUS && entries.length === 4 && entry?.bodyText?.includes('"c"') === true,
      }],
    });
    expect(await statusesOf(await post(fake, FOUR, CONTINUE))).toEqual([201, 201, 429, 201]);
  });

  it("by script: one line a batch, then the standing faults again", async () => {
    const fake = fakeOutlook({
      faults: [down],
      script: [undefined, [], { name: "status", status: 429 }],
    });
    expect(await statuses(fake, 4)).toEqual([200, 200, 429, 503]);
    fake.next({ name: "status", status: 500 }, undefined);
    expect(await statuses(fake, 3)).toEqual([500, 200, 503]);
  });

  it("several at once", async () => {
    const fake = struck([
      { name: "status", status: 500, on: "part", index: 0 },
      { name: "gzip" },
      { name: "drip", bytes: 3 },
    ]);
    expect(await statusesOf(await post(fake, FOUR, CONTINUE))).toEqual([500, 201, 201, 201]);
    expect(fake.ledger.batches[0]?.faults).toEqual(["gzip", "drip", "status"]);
  });

  it("a malformed batch is refused all the same", async () => {
    const fake = struck(down);
    const response = await post(fake, `--${BOUNDARY}--`);
    expect((await errorOf(response)).code).toBe("ErrorBatchMissingFinalNewLine");
    expect((await post(fake, FOUR)).status).toBe(503);
  });

  it("what could never strike is refused at once", () => {
    const misspelt = { name: "latencies" } as unknown as Fault;
    expect(() => fakeOutlook({ faults: [null as never] })).toThrow(TypeError);
    expect(() => fakeOutlook({ faults: [misspelt] })).toThrow(TypeError);
    expect(() => fakeOutlook({ script: [[misspelt]] })).toThrow(TypeError);
    expect(() => fakeOutlook().next(misspelt)).toThrow(TypeError);
    expect(() => fakeOutlook({ faults: [{ name: "status", status: 503, index: 1 }] }))
      .toThrow(TypeError);
    expect(() => fakeOutlook({ faults: [{ ...down, probability: 2 }] })).toThrow(RangeError);
    expect(() => fakeOutlook({ faults: [{ name: "status", status: 99 }] })).toThrow(RangeError);
  });
});
