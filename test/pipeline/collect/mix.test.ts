import { describe, expect, it } from "vitest";
import { get, type Operation } from "../../../mod.ts";
import { type Limits, Mix, Mixes } from "../../../src/pipeline/collect/mix.ts";
import { Lane } from "../../../src/pipeline/collect/lane.ts";
import { mixingContextOf } from "../../support/plain_wire.ts";
import { names, okay, Rig, type RigOptions } from "../../support/rig.ts";

/** All contexts may share a POST, whose token takes 20 ms. */
function mixing(options: RigOptions = {}): Rig {
  const rig: Rig = new Rig({
    concurrencyPerContext: 1,
    token: () => rig.at$(20, "t"),
    ...options,
    wire: { contextOf: mixingContextOf, ...options.wire },
  });
  rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 50 });
  return rig;
}

const send = (rig: Rig, context: string, url = context) => rig.send(get(url, { context }));
const sizes = (rig: Rig) => rig.batches.map(({ urls }) => urls.length);

describe("rule 3: lanes that mix, while a batch of one of them waits for its token", () => {
  it("take no slots for what that batch has room for", () => {
    const rig = mixing();
    for (const context of names(20)) send(rig, context);
    rig.run();
    expect(sizes(rig)).toEqual([20]);
    expect(rig.told).toHaveLength(20);
  });

  it("take as many slots as what waits fills batches", () => {
    const rig = mixing();
    for (const context of names(45)) send(rig, context);
    rig.run();
    expect(sizes(rig)).toEqual([20, 20, 5]);
    expect(rig.posts.map((line) => line.split(" ")[0])).toEqual(["@30", "@30", "@30"]);
    expect(new Set(rig.told.map((line) => line.split(" ")[1])).size).toBe(45);
  });

  it("take a slot of their own as soon as more waits than it has room for", () => {
    const rig = mixing({ maxBatchSize: 3 });
    for (const context of ["a", "b", "c"]) send(rig, context);
    rig.at(15, () => ["b1", "b2"].map((url) => send(rig, "b", url)));
    rig.run();
    expect(rig.posts).toEqual(["@30 all: a c", "@35 all: b b1 b2"]);
  });

  it("count the octets that it has room for", () => {
    const rig = mixing({ maxBatchBytes: 12 });
    for (const context of ["aaaaaaaa", "bbbbbbbb"]) send(rig, context);
    rig.run();
    expect(rig.posts).toEqual(["@30 all: aaaaaaaa", "@30 all: bbbbbbbb"]);
  });

  it("go by themselves when nobody is left for whom that batch was", () => {
    const rig = mixing();
    const leaving = send(rig, "a");
    send(rig, "b");
    rig.at(15, () => leaving.unsubscribe());
    rig.run();
    expect(rig.posts).toEqual(["@35 all: b"]);
    expect(rig.told).toHaveLength(1);
  });

  it("fall with it when its token is refused", () => {
    const rig = mixing({ token: () => Promise.reject(new Error("no")), retry: false });
    for (const context of ["a", "b"]) send(rig, context);
    rig.batcher.flush();
    return rig.batcher.close().then(() => expect(rig.posts).toEqual([]));
  });

  it("wait for nobody of another account", () => {
    const rig = mixing();
    for (const account of ["x", "y"]) rig.send(get(account, { context: account, account }));
    rig.run();
    expect(rig.posts).toEqual(["@30 all: x", "@30 all: y"]);
  });

  it("leave a chain to itself, for which that batch has no room", () => {
    const rig = mixing({ wire: { order: "native" } });
    send(rig, "a");
    const first = get("c1", { context: "c" });
    const next = (url: string, before: Operation) =>
      get(url, { context: "c", dependsOn: [before] });
    const second = next("c2", first);
    for (const operation of [first, second, next("c3", second)]) rig.send(operation);
    rig.run();
    expect(rig.posts.toSorted()).toEqual(["@30 all: a", "@30 all: c1 c2 c3"]);
  });
});

describe("a Mix", () => {
  it("lets a lane be passed over by those batches alone that waited for a token when it was due", () => {
    const mix = new Mix<Limits>();
    const lane = (live = 1) => ({ live, maxSize: 3, maxBytes: 100 });
    const [one, two, later, quiet] = [lane(), lane(), lane(), lane()];
    expect(mix.mayCarry(quiet)).toBe(false);
    mix.grow(3, 100);
    expect(mix.mayCarry(quiet)).toBe(false);
    mix.reserve(one);
    expect(mix.mayCarry(quiet)).toBe(true);
    mix.reserve(two);
    expect(mix.mayCarry(quiet)).toBe(true);
    mix.carry(quiet);
    expect(mix.sealed(one)).toEqual([quiet]);
    mix.reserve(later);
    mix.carry(quiet);
    expect(mix.mayCarry(quiet)).toBe(true);
    expect(mix.sealed(two)).toEqual([quiet]);
    expect([mix.mayCarry(quiet), mix.mayCarry(one)]).toEqual([false, true]);
    mix.reserve(quiet);
    expect(mix.mayCarry(quiet)).toBe(true);
    mix.carry(two);
    two.live = 0;
    expect(mix.sealed(quiet)).toEqual([]);
  });
});

describe("Mixes", () => {
  it("are one for lanes of one name and account, and forgotten with the last of these", () => {
    const mixes = new Mixes<Lane>();
    const context = { key: "me", name: "me", url: "https://plain.example/$batch", mix: "all" };
    const lane = (account?: string) =>
      new Lane(1, { context, account }, { size: 2, bytes: 9 }, mixes.join("all", account));
    const [one, two, other] = [lane(), lane(), lane("x")];
    expect(one.mixesWith(two)).toBe(true);
    expect(one.mixesWith(other)).toBe(false);
    expect(mixes.join(undefined, "x")).toBeUndefined();
    const beside = mixes.join("beside", undefined);
    mixes.leave(one);
    expect(lane().mix).toBe(two.mix);
    mixes.leave(one);
    mixes.leave(two);
    expect(mixes.join("beside", undefined)).toBe(beside);
    expect(lane().mix).not.toBe(two.mix);
    expect(lane("x").mix).toBe(other.mix);
  });
});
