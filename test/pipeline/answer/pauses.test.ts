import { Observable } from "rxjs";
import { describe, expect, it, vi } from "vitest";
import type { HttpResponse } from "../../../mod.ts";
import { names, Rig } from "../../support/rig.ts";
import { steadyBackoff } from "../../support/virtual_time.ts";

/** An answer whose last byte comes a while after its head. */
function slow(
  rig: Rig,
  bodyMs: number,
  { status, headers }: Omit<HttpResponse, "body">,
): HttpResponse {
  const body = new Observable<Uint8Array>((subscriber) =>
    rig.clock.schedule(() => subscriber.complete(), bodyMs)
  );
  return { status, headers, body };
}

function pausesOf(rig: Rig): number[] {
  return rig.events.flatMap((event) => event.type === "paused" ? [event.delayMs] : []);
}

describe("pauses", () => {
  steadyBackoff();

  it("are told once for a POST that names a time, however long its body takes", () => {
    const rig = new Rig({ retry: { baseDelayMs: 500 } }).listen();
    const { answer } = rig;
    rig.answer = (batch) =>
      batch.number > 0
        ? answer(batch)
        : [slow(rig, 30, { status: 429, headers: { "retry-after": "1" } })];
    for (const name of names(20)) rig.send(name);
    rig.run();
    expect(pausesOf(rig)).toEqual([1000]);
    expect(rig.posts.map((post) => post.split(" ")[0])).toEqual(["@0", "@1000"]);
    expect(rig.told).toHaveLength(20);
  });

  it("are told again when one is longer than the time that the server named", () => {
    const rig = new Rig({ retry: { baseDelayMs: 1000 } }).listen();
    const { answer } = rig;
    rig.answer = (batch) =>
      batch.number > 0
        ? answer(batch)
        : [slow(rig, 30, { status: 429, headers: { "retry-after": "0.001" } })];
    rig.send("a");
    rig.run();
    expect(pausesOf(rig)).toEqual([1, 500]);
    expect(rig.posts).toEqual(["@10 me: a", "@540 me: a"]);
  });

  it("are told once for all operations of a POST without an answer, while the clock goes on", () => {
    const rig = new Rig({ retry: { baseDelayMs: 500 } }).listen();
    const { answer, clock } = rig;
    let workMs = 0;
    rig.answer = (batch) => {
      if (batch.number > 0) return answer(batch);
      // Each look at the clock takes time.
      vi.spyOn(clock, "now").mockImplementation(() => clock.frame + workMs++);
      return rig.failing(new Error("gone"));
    };
    for (const name of names(20)) rig.send(name);
    rig.run();
    expect(pausesOf(rig)).toHaveLength(1);
    expect(rig.told).toHaveLength(20);
  });

  it("are told for as long as they last from then on, and not when they are over", () => {
    const rig = new Rig({ retry: { maxRetries: 1 } }).listen();
    const told: string[] = [];
    const again: (readonly [atMs: number, delayMs: number])[] = [];
    // Of the quarters, those that rest have drawn the longer waits.
    for (const draw of [0.5, 0.5, 0.5, 0.9, 0.9, 0.9, 0.2]) {
      vi.mocked(Math.random).mockReturnValueOnce(draw);
    }
    rig.batcher.events.subscribe((event) => {
      if (event.type === "paused") told.push(`@${rig.now} ${event.delayMs}`);
      if (event.type === "retried") again.push([rig.now, event.delayMs]);
    });
    // The last quarter takes its time: the others rest until it has come.
    rig.answer = ({ number }) =>
      rig.reply("no", { status: 500, afterMs: number === 6 ? 2_000 : 100 });
    for (const name of names(8)) rig.send(name);
    rig.run();
    const posts = rig.posts.map((post) => Number(post.slice(1).split(" ")[0]));
    for (const line of told) {
      const [atMs, delayMs] = line.slice(1).split(" ").map(Number) as [number, number];
      expect(delayMs).toBeGreaterThan(0);
      // Nothing leaves while it lasts, and what waited for it leaves then.
      expect(posts.find((postMs) => postMs >= atMs)).toBe(atMs + delayMs);
    }
    expect(told).toEqual([...new Set(told)]);
    for (const [atMs, delayMs] of again) {
      expect(posts.find((postMs) => postMs >= atMs)).toBeGreaterThanOrEqual(atMs + delayMs);
    }
    expect(again).toHaveLength(3 * 8);
    expect(told.length).toBeGreaterThan(0);
    expect(rig.told).toHaveLength(8);
  });

  it("are told once for a part that names a time", () => {
    const rig = new Rig({ retry: { baseDelayMs: 1 } }).listen();
    const { answer } = rig;
    rig.answer = (batch) =>
      batch.number > 0
        ? answer(batch)
        : rig.reply([{ index: 0, status: 429, headers: { "retry-after": "1" } }]);
    rig.send("a");
    rig.run();
    expect(pausesOf(rig)).toEqual([1000]);
    expect(rig.told).toEqual(["@1012 a 200"]);
  });
});
