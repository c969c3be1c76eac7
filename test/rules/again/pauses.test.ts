import type { Subscription } from "rxjs";
import { describe, expect, it } from "vitest";
import { atomic, del, get, post, put } from "../../../mod.ts";
import { outer, parts, rigWith } from "./first_answers.ts";
import { octets } from "../../support/octets.ts";
import { names, okay, Rig, untimed } from "../../support/rig.ts";
import { steadyBackoff } from "../../support/virtual_time.ts";

steadyBackoff();

describe("rule 22: Retry-After pauses a lane", () => {
  const date = "Wed, 21 Oct 2015 07:28:00 GMT";

  it("keeps the pause of a lane in which another operation cannot be encoded", () => {
    const rig = new Rig({
      retry: { baseDelayMs: 1000 },
      wire: {
        encodeOne(operation) {
          if (operation.url === "refused") throw new Error("refused");
          return { operation, bytes: 1 };
        },
      },
    });
    rig.answer = ({ number, urls }) =>
      number === 0 ? rig.failing(new Error("reset")) : rig.reply(okay(urls));
    rig.send(post("unsafe", {}, { orderingKey: "k" }));
    // its turn comes when the unsafe one has failed, before the safe one goes again
    rig.send(get("refused", { orderingKey: "k" }));
    rig.send("safe");
    rig.run();
    expect(rig.posts).toEqual(["@10 me: unsafe safe", "@511 me: safe"]);
  });

  it.each([
    ["7", 7000],
    [" 7 ", 7000],
    ["0.7", 700],
    [".7", 700],
    ["7.", 7000],
    ["Wed, 21 Oct 2015 07:28:09 GMT", 9000],
    ["Wednesday, 21-Oct-15 07:28:09 GMT", 9000],
    ["Wed Oct 21 07:28:09 2015", 9000],
    ["Wed, 21 Oct 2015 07:27:09 GMT", 250],
    ["0", 250],
    ["-1", 250],
    ["soon", 250],
    ["1, 2", 2000],
    ["3,0.5", 3000],
    ["1, soon", 250],
    ["2015-10-21T07:28:09Z", 9000],
    ["2015-10-21T09:28:09.000+02:00", 9000],
    ["2015-10-21T07:28:09", 9000],
    ["2015-10-21", 250],
    ["", 250],
  ])("reads %j as %i ms", (value, delayMs) => {
    for (
      const fault of [
        parts(429, { "retry-after": value, date }),
        outer(429, { "retry-after": value, date }),
      ]
    ) {
      const rig = rigWith([fault]);
      rig.send("a");
      rig.run();
      expect(rig.posts).toEqual(["@10 me: a", `@${11 + delayMs} me: a`]);
    }
  });

  it("holds a date against its own clock when the answer has none", () => {
    const rig = rigWith([parts(429, { "retry-after": "Thu, 01 Jan 1970 00:00:05 GMT" })]);
    rig.send("a");
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", "@5000 me: a"]);
  });

  it("pauses the lane for everybody, and no other", () => {
    const rig = rigWith([
      (rig) =>
        rig.reply([{ index: 0, status: 429, headers: { "retry-after": "5" } }, { index: 1 }]),
    ]);
    rig.send("a");
    rig.send("b");
    rig.at(100, () => rig.send("c"));
    rig.at(100, () => rig.send(get("d", { context: "x" })));
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a b", "@110 x: d", "@5011 me: a c"]);
  });

  it("pauses the lane when the batch says so beside whole parts", () => {
    const rig = rigWith([
      (rig) =>
        rig.reply([{ index: 0, status: 503 }], { status: 503, headers: { "Retry-After": "7" } }),
    ]);
    rig.send("a");
    rig.run();
    expect(rig.told).toEqual(["@7012 a 200"]);
  });

  it("pauses the lane when a batch of 200 says so, and its throttled parts do not", () => {
    const rig = rigWith([
      (rig) => rig.reply([{ index: 0, status: 429 }], { headers: { "Retry-After": "7" } }),
    ]);
    rig.send(post("a"));
    rig.run();
    expect(rig.told).toEqual(["@7012 a 200"]);
  });

  it("pauses the lane also when what was told does not go again", () => {
    const rig = rigWith([parts(404, { "retry-after": "5" })]);
    rig.send(post("a"));
    rig.at(100, () => rig.send("b"));
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", "@5011 me: b"]);
  });

  it("pauses the lane also when a part says so that did not run as another one failed", () => {
    for (const operation of [get("b"), post("b")]) {
      const failed = { index: 0, status: 404 };
      const unrun = { index: 1, status: 424, headers: { "retry-after": "5" } };
      const rig = rigWith([(rig) => rig.reply([failed, unrun])]);
      rig.send("a");
      rig.send(operation);
      rig.at(100, () => rig.send("c"));
      rig.run();
      expect(rig.posts).toEqual(["@10 me: a b", "@5011 me: c"]);
    }
  });

  it.each([409, 204])(
    "pauses the lane also when a member of a group says so, beside a %i",
    (status) => {
      const rig = new Rig({
        maxWaitMs: 0,
        wire: {
          encodeGroup: (operation) => ({ operation, bytes: 1 }),
          encode: (operations, { url }) => {
            const urls = operations.map(({ operation }) => operation.url ?? "group");
            return { method: "POST", url, headers: {}, body: octets(JSON.stringify(urls)) };
          },
        },
      });
      const members = [{ status }, { status: 404, headers: { "retry-after": "5" } }];
      rig.answer = ({ number, urls }) => rig.reply(number === 0 ? [{ members }] : okay(urls));
      const group = atomic([put("a"), del("b", { okStatuses: [404] })]);
      rig.watch("group", rig.batcher.send(group));
      rig.at(100, () => rig.send("c"));
      rig.run();
      expect(untimed(rig.told)[0]).toBe(status === 409 ? "group ResponseError 409" : "group 200");
      expect(rig.posts).toEqual(["@0 me: group", "@5001 me: c"]);
    },
  );

  it("pauses the lane also when the one that was told has left", () => {
    const rig = rigWith([
      (rig) =>
        rig.reply([{ index: 0, status: 429, headers: { "retry-after": "5" } }, { index: 1 }]),
    ]);
    const leaving = rig.send("a");
    rig.send("b");
    rig.at(10.5, () => leaving.unsubscribe());
    rig.at(100, () => rig.send("c"));
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a b", "@5011 me: c"]);
  });

  it("pauses the lane also when all have left at a part that came before, with the same bytes", () => {
    const told = { index: 1, status: 429, headers: { "retry-after": "5" } };
    const rig = rigWith([(rig) => rig.trickle([[1, [{ index: 0 }, told]], [50, [{ index: 2 }]]])]);
    const leaving: Subscription[] = [];
    rig.batcher.send(get("a")).subscribe(() => leaving.forEach((each) => each.unsubscribe()));
    for (const url of ["b", "c"]) leaving.push(rig.send(url));
    rig.run(20);
    expect(rig.dropped).toEqual([0]);
    rig.send("d");
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a b c", "@5011 me: d"]);
  });

  it("does not pause for a success that says when to look again", () => {
    const rig = rigWith([parts(202, { "retry-after": "5" })]);
    rig.send("a");
    rig.at(100, () => rig.send("b"));
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", "@110 me: b"]);
  });

  it("does not seal a batch that waited for its token when the pause began", () => {
    const rig: Rig = rigWith([
      (rig) => rig.reply([{ index: 0, status: 429, headers: { "retry-after": "5" } }]),
    ], {
      maxBatchSize: 1,
      token: () => rig.now < 1 ? rig.at$(10, "t") : rig.at$(100, "t"),
    });
    rig.send("a");
    rig.at(10.5, () => rig.send("b"));
    rig.run();
    expect(rig.posts[0]).toBe("@10 me: a");
    const times = rig.posts.slice(1).map((line) => Number(line.slice(1).split(" ")[0]));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(5011);
    expect(untimed(rig.told).sort()).toEqual(["a 200", "b 200"]);
  });

  it("takes the longest of several pauses", () => {
    const rig = rigWith([(rig) =>
      rig.reply([
        { index: 0, status: 429, headers: { "retry-after": "5" } },
        { index: 1, status: 429, headers: { "retry-after": "9" } },
        { index: 2, status: 429, headers: { "retry-after": "2" } },
      ])]);
    for (const url of names(3)) rig.send(url);
    rig.run();
    expect(rig.posts).toEqual(["@10 me: m0 m1 m2", "@9011 me: m0 m1 m2"]);
  });

  it.each([
    ["229", 229_000],
    ["99999999", 3_600_000],
    ["Thu, 22 Oct 2015 07:28:00 GMT", 3_600_000],
  ])("keeps the lane from sending anything for all of %s, one hour at most", (after, waitMs) => {
    const rig = rigWith([parts(429, { "retry-after": after, date })], {
      retry: { maxTotalMs: 3000 },
    });
    rig.send("a");
    rig.at(100, () => rig.send("b"));
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", `@${11 + waitMs} me: b`]);
    expect(rig.told).toEqual(["@11 a ResponseError 429", `@${12 + waitMs} b 200`]);
  });

  it("holds a part's date against the time of the answer that it came in", () => {
    const rig = rigWith([
      (rig) =>
        rig.reply([{
          index: 0,
          status: 429,
          headers: { "retry-after": "Wed, 21 Oct 2015 07:28:09 GMT" },
        }], { headers: { Date: date } }),
    ]);
    rig.send("a");
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", "@9011 me: a"]);
  });
});
