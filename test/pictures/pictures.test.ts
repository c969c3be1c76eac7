import { describe, expect, it } from "vitest";
import { okay } from "../support/rig.ts";
import { drawMarbles } from "./marbles.ts";
import { Scene } from "./scene.ts";

/** The committed picture is the one of this run; `npx vitest run test/pictures -u` draws it again. */
async function expectPicture(scene: Scene, name: string, [title, endMs]: [string, number]) {
  await expect(drawMarbles(scene, title, endMs))
    .toMatchFileSnapshot(`../../docs/pictures/${name}.svg`);
}

/** Each POST takes this long. */
function taking(scene: Scene, afterMs: number): Scene {
  scene.rig.answer = ({ urls }) => scene.rig.reply(okay(urls), { afterMs });
  return scene;
}

describe("the pictures of how it works", () => {
  it("show a window that closes by time, by count and by flush", async () => {
    const scene = taking(new Scene({ maxBatchSize: 3, maxWaitMs: 5 }), 5);
    for (const [atMs, name] of [[0, "a"], [2, "b"], [10, "c"], [12, "d"], [14, "e"], [20, "f"]]) {
      scene.send(atMs as number, name as string);
    }
    scene.rig.at(22, () => scene.rig.batcher.flush());
    scene.rig.run();
    expect(scene.rig.posts).toEqual(["@5 me: a b", "@14 me: c d e", "@22 me: f"]);
    await expectPicture(scene, "window", ["windows close by time, count and flush", 28]);
  });

  it("show lanes that take turns at one slot, each with a window of its own", async () => {
    const scene = taking(new Scene({ maxBatchSize: 2, maxWaitMs: 5, concurrency: 1 }), 8);
    for (const name of ["a", "b", "c", "d", "e"]) scene.send(0, name, { context: "busy" });
    scene.send(1, "q", { context: "quiet" });
    scene.rig.run();
    expect(scene.rig.posts).toEqual([
      "@0 busy: a b",
      "@8 busy: c d",
      "@16 quiet: q",
      "@24 busy: e",
    ]);
    await expectPicture(scene, "lane", ["a quiet lane gets its turn beside a busy one", 33]);
  });

  it("show an operation that waits for the answer of the one that it depends on", async () => {
    const scene = taking(new Scene({ maxWaitMs: 5 }), 8);
    const a = scene.send(0, "a");
    scene.send(0, "b", { dependsOn: [a] });
    scene.send(0, "c");
    scene.rig.run();
    expect(scene.rig.posts).toEqual(["@5 me: a c", "@18 me: b"]);
    expect(scene.rig.told).toEqual(["@13 a 200", "@13 c 200", "@26 b 200"]);
    await expectPicture(scene, "order", ["b depends on a", 27]);
  });

  it("show a server that keeps the order itself, so that a chain is one POST", async () => {
    const scene = taking(new Scene({ maxWaitMs: 5, wire: { order: "native" } }), 8);
    const a = scene.send(0, "a");
    scene.send(0, "b", { dependsOn: [a] });
    scene.rig.run();
    expect(scene.rig.posts).toEqual(["@5 me: a b"]);
    await expectPicture(scene, "order_native", ["b depends on a, on Graph", 27]);
  });

  it("show a batch that goes on filling while no slot is free", async () => {
    const scene = taking(new Scene({ maxWaitMs: 2, concurrency: 1 }), 15);
    for (const [atMs, name] of [[0, "a"], [4, "b"], [8, "c"], [12, "d"]]) {
      scene.send(atMs as number, name as string);
    }
    scene.rig.run();
    expect(scene.rig.posts).toEqual(["@2 me: a", "@17 me: b c d"]);
    await expectPicture(scene, "dispatch", ["a free slot pulls", 33]);
  });

  it("show parts that reach their subscribers as they come, and a lane that pauses", async () => {
    const scene = new Scene({ maxWaitMs: 2, retry: { baseDelayMs: 1 } });
    const { rig } = scene;
    const throttled = { status: 429, headers: { "retry-after": "0.02" } };
    rig.answer = ({ number, urls }) =>
      number > 0 ? rig.reply(okay(urls), { afterMs: 6 }) : rig.trickle([
        [2, { index: 0, body: "a" }],
        [5, { index: 1, body: "b" }],
        [8, { index: 2, ...throttled }],
        [12, { index: 3, body: "d" }],
      ]);
    for (const name of ["a", "b", "c", "d"]) scene.send(0, name);
    rig.run();
    expect(rig.told).toEqual(["@4 a 200", "@7 b 200", "@14 d 200", "@36 c 200"]);
    await expectPicture(scene, "route", [
      "each part to its own subscriber, a throttled one again",
      38,
    ]);
  });
});
