import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { get, type TraceEvent, traceEvents } from "../../mod.ts";
import { fuzz } from "../support/fuzz.ts";
import { names, okay, Rig } from "../support/rig.ts";
import { faultsOf } from "./trace_format.ts";

/** The trace of a rig, in its own time. */
function traced(rig: Rig): TraceEvent[] {
  const trace: TraceEvent[] = [];
  rig.batcher.events.pipe(traceEvents({ scheduler: rig.clock })).subscribe((event) =>
    trace.push(event)
  );
  return trace;
}

function slicesOf(trace: readonly TraceEvent[]): string[] {
  return trace.filter(({ ph }) => ph === "X")
    .map(({ name, ts, dur, tid }) => `${name} @${ts / 1000}+${dur! / 1000} on ${tid}`);
}

describe("traceEvents()", () => {
  it("draws a track a lane and a slice a POST", () => {
    const rig = new Rig();
    const trace = traced(rig);
    rig.send(get("a", { context: "x" }));
    rig.send(get("b", { context: "x" }));
    rig.send(get("c", { context: "y" }));
    rig.run();
    expect(slicesOf(trace)).toEqual(["batch 1: 2 @10+1 on 1", "batch 2: 1 @10+1 on 2"]);
    const named = trace.filter(({ ph }) => ph === "M");
    expect(named.map(({ tid, args }) => [tid, args!["name"]])).toEqual([[1, "lane 1"], [
      2,
      "lane 2",
    ]]);
    expect(trace.find(({ ph }) => ph === "X")!.args).toMatchObject({
      size: 2,
      reason: "time",
      waitedMs: 10,
      status: 200,
      parts: 2,
    });
    expect(faultsOf(trace)).toEqual([]);
  });

  it("gives POSTs of one lane that are out at once tracks of their own, and uses them again", () => {
    const rig = new Rig({ maxBatchSize: 1, concurrencyPerContext: 2 });
    const trace = traced(rig);
    for (const url of names(4)) rig.send(url);
    rig.run();
    expect(slicesOf(trace)).toEqual([
      "batch 1: 1 @0+1 on 1",
      "batch 2: 1 @0+1 on 2",
      "batch 3: 1 @1+1 on 1",
      "batch 4: 1 @1+1 on 2",
    ]);
    expect(faultsOf(trace)).toEqual([]);
  });

  it("draws pauses, and an arrow from a POST to the one that repeats some of it", () => {
    const rig = new Rig();
    const trace = traced(rig);
    rig.answer = ({ number, urls }) =>
      rig.reply(
        okay(urls).map((part) =>
          number === 0 ? { ...part, status: 429, headers: { "retry-after": "5" } } : part
        ),
      );
    rig.send("a");
    rig.send("b");
    rig.run();
    expect(slicesOf(trace).filter((slice) => slice.startsWith("batch"))).toHaveLength(2);
    const pauses = trace.filter(({ cat }) => cat === "pause");
    expect(slicesOf(pauses)).toEqual([expect.stringMatching(/^paused @11\+5000 on \d/)]);
    expect(pauses[0]!.args).toEqual({ reason: "asked" });
    const arrows = trace.filter(({ ph }) => ph === "s" || ph === "f");
    expect(arrows.map(({ ph, id }) => [ph, id])).toEqual([["s", 1], ["f", 1]]);
    expect(faultsOf(trace)).toEqual([]);
  });

  it("ends what is still out when the events end", () => {
    const rig = new Rig({ timeoutMs: 1_000_000 });
    const trace = traced(rig);
    rig.answer = () => rig.silence();
    rig.send("a").add(() => {});
    rig.run(50);
    const close = rig.batcher.close();
    rig.run();
    void close;
    expect(slicesOf(trace)).toHaveLength(1);
    expect(faultsOf(trace)).toEqual([]);
  });

  it("keeps the rules of the format, whatever happens", () => {
    const answers = fc.array(fc.constantFrom(200, 200, 404, 429, 503), { minLength: 1 });
    fc.assert(
      fc.property(
        answers,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 3 }),
        (statuses, size, each) => {
          const rig = new Rig({
            maxBatchSize: size,
            concurrencyPerContext: each,
            retry: { baseDelayMs: 7 },
          });
          const trace = traced(rig);
          let at = 0;
          rig.answer = ({ urls, number }) => {
            const parts = okay(urls).map((part) => {
              const status = statuses[at++ % statuses.length]!;
              return { ...part, status, headers: status === 429 ? { "retry-after": "0.02" } : {} };
            });
            return rig.reply(parts, { afterMs: 1 + number % 4 });
          };
          for (let id = 0; id < 25; id++) {
            rig.at(id % 7, () => rig.send(get(`m${id}`, { context: `p${id % 3}` })));
          }
          rig.run();
          expect(faultsOf(trace)).toEqual([]);
          expect(trace.filter(({ cat }) => cat === "batch")).toHaveLength(rig.posts.length);
        },
      ),
      fuzz(60),
    );
  });

  it("is held against a check that finds faults", () => {
    const slice = { name: "a", ph: "X", ts: 0, dur: 5, pid: 1, tid: 1 } as const;
    expect(faultsOf([slice])).toEqual(["track 1 has not one name"]);
    const name = {
      name: "thread_name",
      ph: "M",
      ts: 0,
      pid: 1,
      tid: 1,
      args: { name: "t" },
    } as const;
    expect(faultsOf([name, slice, { ...slice, ts: 3 }])).toEqual(["a overlaps a"]);
    expect(faultsOf([name, slice, { name: "r", ph: "s", ts: 1, pid: 1, tid: 1, id: 1 }])).toEqual([
      "arrow 1 has not two ends",
    ]);
  });
});
