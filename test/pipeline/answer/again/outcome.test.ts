import { describe, expect, it } from "vitest";
import {
  atomic,
  type BatchOptions,
  del,
  get,
  type Operation,
  post,
  put,
  TransportError,
} from "../../../../mod.ts";
import {
  mayGoAgain,
  type Outcome,
  outcomeFor,
  outcomeOfBatch,
  outcomeOfPart,
} from "../../../../src/pipeline/answer/again/outcome.ts";
import { okay, Rig } from "../../../support/rig.ts";
import { steadyBackoff } from "../../../support/virtual_time.ts";

type Fault = (rig: Rig) => ReturnType<Rig["answer"]>;

type MethodClass = "safe" | "idempotent" | "unsafe";
type Next = "settle" | "again now" | "again after a pause";

/** What happens next, by what sending it twice would do (RFC 9110 §9.2). */
const NEXT: Readonly<Record<Outcome, Readonly<Record<MethodClass, Next>>>> = {
  "answered": { safe: "settle", idempotent: "settle", unsafe: "settle" },
  "failed": { safe: "settle", idempotent: "settle", unsafe: "settle" },
  "throttled": {
    safe: "again after a pause",
    idempotent: "again after a pause",
    unsafe: "again after a pause",
  },
  "dependency failed": { safe: "settle", idempotent: "settle", unsafe: "settle" },
  "not executed": { safe: "again now", idempotent: "again now", unsafe: "again now" },
  "unknown": { safe: "again after a pause", idempotent: "again after a pause", unsafe: "settle" },
};

/** One of each class. */
const OPERATIONS: Record<MethodClass, () => Operation> = {
  safe: () => get("a"),
  idempotent: () => put("a"),
  unsafe: () => post("a"),
};

const part = (status: number): Fault => (rig) => rig.reply([{ index: 0, status }]);
const outer = (status: number): Fault => (rig) => rig.reply("<html>", { status });

/** Every way that an attempt can end so. */
const FAULTS: Record<Outcome, readonly Fault[]> = {
  "answered": [part(200), part(204), part(304)],
  "failed": [part(400), part(404), part(413), part(500), outer(302), outer(400), outer(404)],
  "throttled": [
    part(429),
    outer(429),
    outer(408),
    (rig) => rig.failing(new TransportError("Cannot connect", { sent: false })),
  ],
  "dependency failed": [part(424)],
  "not executed": [part(401), outer(401)],
  "unknown": [
    part(408),
    part(502),
    part(503),
    part(504),
    outer(500),
    outer(502),
    outer(503),
    outer(504),
    (rig) => rig.failing(new Error("reset")),
    (rig) => rig.reply([]),
    (rig) => rig.silence(),
  ],
};

/** Sends it once into this fault and then to a server that works: what happened next. */
function nextOf(operation: Operation, fault: Fault, options: BatchOptions = {}): Next {
  const rig = new Rig({
    token: () => "t",
    timeoutMs: 1000,
    retry: { baseDelayMs: 100_000, maxDelayMs: 100_000, maxTotalMs: 1_000_000 },
    ...options,
  });
  let endedAtMs = 0;
  rig.answer = ({ number, urls }) => number === 0 ? fault(rig) : rig.reply(okay(urls));
  rig.batcher.events.subscribe(({ type }) => {
    if (type === "answered" && endedAtMs === 0) endedAtMs = rig.now;
  });
  rig.send(operation);
  rig.run();
  expect(rig.told).toHaveLength(1);
  if (rig.posts.length === 1) return "settle";
  expect(rig.told[0]).toMatch(/ a 200$/);
  const sentAtMs = Number(rig.posts[1]!.slice(1).split(" ")[0]);
  return sentAtMs - endedAtMs <= 10 ? "again now" : "again after a pause";
}

describe("the outcome table", () => {
  steadyBackoff();

  for (const outcome of Object.keys(NEXT) as Outcome[]) {
    for (const methodClass of Object.keys(NEXT[outcome]) as MethodClass[]) {
      it(`${outcome}, ${methodClass}: ${NEXT[outcome][methodClass]}`, () => {
        const operation = OPERATIONS[methodClass]();
        expect(mayGoAgain(operation, outcome)).toBe(NEXT[outcome][methodClass] !== "settle");
        for (const fault of FAULTS[outcome]) {
          expect(nextOf(operation, fault)).toBe(NEXT[outcome][methodClass]);
        }
      });
    }
  }

  it("has a row for skipped operations, whatever their method", () => {
    for (const make of Object.values(OPERATIONS)) {
      const rig = new Rig({ wire: { order: "sequential" } });
      rig.answer = ({ number, urls }) =>
        number === 0 ? rig.reply([{ status: 404 }]) : rig.reply(okay(urls));
      rig.send("first");
      rig.send(make());
      rig.run();
      expect(rig.told).toEqual(["@11 first ResponseError 404", "@22 a 200"]);
    }
  });

  it("lets the caller's word count before the method", () => {
    const repeat = [
      get("a", { idempotent: false }),
      get("a", { idempotent: true }),
      post("a", {}, { idempotent: true }),
      put("a", {}, { idempotent: false }),
      atomic([put("a"), del("b")]),
      atomic([put("a"), post("b")]),
    ].map((operation) => mayGoAgain(operation, "unknown"));
    expect(repeat).toEqual([false, true, true, false, true, false]);
  });
});

describe("what a status says", () => {
  const refused = new Set([401, 408, 413, 424, 429]);
  const all = Array.from({ length: 400 }, (_, at) => 200 + at);

  it("of a part", () => {
    const those = (outcome: Outcome) =>
      all.filter((status) => outcomeOfPart(status, refused) === outcome);
    expect(those("answered")).toEqual(all.filter((status) => status < 400));
    expect(those("throttled")).toEqual([429]);
    expect(those("not executed")).toEqual([401]);
    expect(those("dependency failed")).toEqual([424]);
    expect(those("unknown")).toEqual([408, 502, 503, 504]);
    expect(those("failed")).toHaveLength(200 - 7);
  });

  it("of a whole batch", () => {
    const those = (outcome: Outcome) =>
      all.filter((status) => outcomeOfBatch(status, refused) === outcome);
    expect(those("throttled")).toEqual([408, 429]);
    expect(those("not executed")).toEqual([401, 413]);
    expect(those("unknown")).toEqual([500, 502, 503, 504]);
    expect(those("failed")).toHaveLength(all.length - 8);
  });

  it("for a server that is trusted with nothing, and with everything", () => {
    expect(outcomeOfPart(429, new Set())).toBe("unknown");
    expect(outcomeOfPart(424, new Set())).toBe("failed");
    expect(outcomeOfBatch(408, new Set())).toBe("unknown");
    expect(outcomeOfPart(503, new Set([503]))).toBe("throttled");
    expect(outcomeOfBatch(503, new Set([503]))).toBe("throttled");
  });

  it("is one that did not run where its caller vouches for that", () => {
    const vouched = post("a", {}, { retry: { statuses: [409, 503] } });
    expect(outcomeFor(vouched, 409, "failed")).toBe("throttled");
    expect(outcomeFor(vouched, 503, "unknown")).toBe("throttled");
    expect(outcomeFor(vouched, 504, "unknown")).toBe("unknown");
    expect(outcomeFor(post("a"), 409, "failed")).toBe("failed");
    expect(outcomeFor(post("a", {}, { retry: false }), 409, "failed")).toBe("failed");
  });
});
