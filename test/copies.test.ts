import { firstValueFrom, lastValueFrom, of, toArray } from "rxjs";
import { describe, expect, it, vi } from "vitest";
import * as one from "../mod.ts";
import { fakeGraph, fakeOutlook } from "../src/testing.ts";

vi.resetModules();
/** As a program has it that loads the ES module and CommonJS, or two versions. */
const two: typeof one = await import("../mod.ts");

describe("two copies of the package in one process (rule 25)", () => {
  const optionsFor = ({ token, fetch }: ReturnType<typeof fakeOutlook>) => ({
    token,
    transport: one.fetchTransport(fetch),
    retry: false,
  } as const);

  it("are two", () => {
    expect(two.get).not.toBe(one.get);
    expect(two.ResponseError).not.toBe(one.ResponseError);
  });

  it("number operations together", () => {
    const ids = [one.get("a"), two.get("b"), one.get("c")].map(({ id }) => id);
    expect(ids).toEqual([ids[0], ids[0]! + 1, ids[0]! + 2]);
  });

  it("send each other's operations, in the order that those ask for", async () => {
    const outlook = fakeOutlook();
    const folder = two.post("mailfolders", { DisplayName: "Filed" });
    const look = one.get("mailfolders", { dependsOn: [folder] });
    const results = await lastValueFrom(
      of(folder, look).pipe(one.batchOutlook(optionsFor(outlook)), toArray()),
    );
    expect(results.map(({ ok, operation }) => [ok, operation])).toEqual([
      [true, folder],
      [true, look],
    ]);
    expect(outlook.posts).toBe(2);
  });

  it("build what the other derived, from answers that are kept for it", async () => {
    const graph = fakeGraph();
    const batcher = one.createGraphBatcher({
      token: graph.token,
      transport: one.fetchTransport(graph.fetch),
    });
    const draft = one.post<{ id: string }>("me/messages", { subject: "Lunch?" });
    const look = two.after(draft, ({ body }) => two.get<{ id: string }>(`me/messages/${body.id}`));
    const answers = await Promise.all([
      firstValueFrom(batcher.send(draft)),
      firstValueFrom(batcher.send(look)),
    ]);
    expect(answers[1].body.id).toBe(answers[0].body.id);
  });

  it("know each other's errors, each by its own class", async () => {
    const outlook = fakeOutlook();
    const batcher = two.createOutlookBatcher(optionsFor(outlook));
    const error: unknown = await firstValueFrom(batcher.send(one.get("messages/no-such-id")))
      .catch((error: unknown) => error);
    expect(Object.getPrototypeOf(error)).toBe(two.ResponseError.prototype);
    expect(error).toBeInstanceOf(one.ResponseError);
    expect(error).toBeInstanceOf(one.BatchError);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(one.OperationError);
  });

  it("take nothing else for an error of theirs", () => {
    class Own extends one.ClosedError {}
    const foreign = new two.ClosedError("Cannot go on");
    expect(foreign).not.toBeInstanceOf(Own);
    expect(new Own("Cannot go on")).toBeInstanceOf(Own);
    expect(new Own("Cannot go on")).toBeInstanceOf(two.ClosedError);
    for (const other of [new Error("x"), { _tag: "ClosedError" }, null, undefined, "ClosedError"]) {
      expect(other).not.toBeInstanceOf(one.ClosedError);
      expect(other).not.toBeInstanceOf(one.BatchError);
    }
  });
});
