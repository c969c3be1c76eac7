import { type Subscription, throwError } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  atomic,
  type BatchHttpError,
  del,
  get,
  type NotExecutedError,
  type Operation,
  patch,
  post,
  put,
  TransportError,
} from "../../../mod.ts";
import { names, okay, Rig, type RigOptions, type SentBatch } from "../../support/rig.ts";
import { octets } from "../../support/octets.ts";
import type { PlainPart } from "../../support/plain_wire.ts";

/** A rig whose first answers are these, and the rest fine. */
function rigWith(
  first: readonly ((rig: Rig, batch: SentBatch) => ReturnType<Rig["answer"]>)[],
  options: RigOptions = {},
): Rig {
  const rig = new Rig(options);
  rig.answer = (batch) => first[batch.number]?.(rig, batch) ?? rig.reply(okay(batch.urls));
  return rig;
}

/** Every part of the batch with this status. */
function parts(status: number, headers: Record<string, string> = {}) {
  return (rig: Rig, { urls }: SentBatch) =>
    rig.reply(urls.map((_, index): PlainPart => ({ index, status, headers })));
}

/** The POST itself with this status. */
function outer(status: number, headers: Record<string, string> = {}) {
  return (rig: Rig) => rig.reply("<html>", { status, headers });
}

const reset = (rig: Rig) => rig.failing(new Error("reset"));
const refusedConnection = (rig: Rig) =>
  rig.failing(new TransportError("Cannot connect", { sent: false }));

const untimed = (lines: readonly string[]) => lines.map((line) => line.replace(/^\S+ /, ""));

beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** One of each class: safe, idempotent, unsafe; and two whose class the caller changes. */
const oneOfEach: readonly (readonly [string, () => Operation, boolean])[] = [
  ["GET", () => get("a"), true],
  ["PUT", () => put("a"), true],
  ["DELETE", () => del("a"), true],
  ["POST", () => post("a"), false],
  ["PATCH", () => patch("a"), false],
  ["POST that the caller vouches for", () => post("a", {}, { idempotent: true }), true],
  ["GET that the caller warns of", () => get("a", { idempotent: false }), false],
];

describe("rule 21: never twice by accident", () => {
  describe.each(oneOfEach)("%s", (_, make, mayRepeat) => {
    it.each([
      ["a connection never made", refusedConnection],
      ["429 of its part", parts(429)],
      ["429 of the batch", outer(429)],
      ["408 of the batch", outer(408)],
    ])("goes again after %s: it surely did not run", (_, fault) => {
      const rig = rigWith([fault]);
      rig.send(make());
      rig.run();
      expect(untimed(rig.told)).toEqual(["a 200"]);
      expect(rig.posts).toHaveLength(2);
    });

    it.each([
      ["a reset", reset, "NotExecutedError unknown"],
      ["an answer without its part", (rig: Rig) => rig.reply([]), "NotExecutedError unknown"],
      ["500 of the batch", outer(500), "BatchHttpError 500"],
      ["502 of the batch", outer(502), "BatchHttpError 502"],
      ["503 of the batch", outer(503), "BatchHttpError 503"],
      ["504 of the batch", outer(504), "BatchHttpError 504"],
      ["408 of its part", parts(408), "ResponseError 408"],
      ["502 of its part", parts(502), "ResponseError 502"],
      ["503 of its part", parts(503), "ResponseError 503"],
      ["504 of its part", parts(504), "ResponseError 504"],
    ])("after %s nobody knows", (_, fault, error) => {
      const rig = rigWith([fault]);
      rig.send(make());
      rig.run();
      expect(untimed(rig.told)).toEqual([mayRepeat ? "a 200" : `a ${error}`]);
      expect(rig.posts).toHaveLength(mayRepeat ? 2 : 1);
    });

    it.each([400, 403, 404, 409, 413, 500])("does not go again after its own %i", (status) => {
      const rig = rigWith([parts(status)]);
      rig.send(make());
      rig.run();
      expect(untimed(rig.told)).toEqual([`a ResponseError ${status}`]);
    });

    it.each([302, 400, 403, 404])("does not go again after an outer %i", (status) => {
      const rig = rigWith([outer(status)]);
      rig.send(make());
      rig.run();
      expect(untimed(rig.told)).toEqual([`a BatchHttpError ${status}`]);
    });
  });

  it("repeats a POST on 503 for a server that is trusted so far", () => {
    for (const fault of [parts(503), outer(503)]) {
      const rig = rigWith([fault], { retry: { refusedStatuses: [429, 503] } });
      rig.send(post("a"));
      rig.run();
      expect(untimed(rig.told)).toEqual(["a 200"]);
    }
  });

  it("trusts a 429 no further than it is told to", () => {
    for (const fault of [parts(429), outer(429)]) {
      const rig = rigWith([fault], { retry: { refusedStatuses: [] } });
      rig.send(post("a"));
      rig.send(get("b"));
      rig.run();
      expect(untimed(rig.told)[0]).toMatch(/^a (ResponseError|BatchHttpError) 429$/);
      expect(untimed(rig.told)[1]).toBe("b 200");
    }
  });

  it("trusts a 424 no further than it is told to", () => {
    const rig = new Rig({ wire: { order: "native" }, retry: { refusedStatuses: [429] } });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply([{ index: 0, status: 429 }, { index: 1, status: 424 }])
        : rig.reply(okay(urls));
    const parent = post("a");
    rig.send(parent);
    rig.send(post("b", {}, { dependsOn: [parent] }));
    rig.run();
    expect(rig.batches.map(({ urls }) => urls)).toEqual([["a", "b"], ["a"]]);
    expect(untimed(rig.told).sort()).toEqual(["a 200", "b ResponseError 424"]);
  });

  it("does nothing of the kind when retry is off", () => {
    for (const fault of [parts(429), outer(503), reset, refusedConnection, outer(413)]) {
      const rig = rigWith([fault], { retry: false });
      rig.send("a");
      rig.send("b");
      rig.run();
      expect(rig.posts).toHaveLength(1);
      expect(rig.told).toHaveLength(2);
    }
  });

  it("hears a transport that throws say that nothing was sent", () => {
    const rig = rigWith([() => {
      throw new TransportError("Cannot connect", { sent: false });
    }]);
    rig.send(post("a"));
    rig.run();
    expect(untimed(rig.told)).toEqual(["a 200"]);
  });

  it("does not believe that nothing was sent once an answer has begun", () => {
    const rig = rigWith([() => [{
      status: 200,
      headers: {},
      body: throwError(() => new TransportError("Cannot connect", { sent: false })),
    }]]);
    rig.send(post("a"));
    rig.run();
    expect(untimed(rig.told)).toEqual(["a NotExecutedError unknown"]);
  });
});

describe("rule 33: what one operation says of trying it again", () => {
  it.each([
    ["429 of its part", parts(429), "ResponseError 429"],
    ["401 of its part", parts(401), "ResponseError 401"],
    ["429 of the batch", outer(429), "BatchHttpError 429"],
    ["401 of the batch", outer(401), "BatchHttpError 401"],
    ["503 of its part", parts(503), "ResponseError 503"],
    ["a reset", reset, "NotExecutedError unknown"],
    ["an answer without its part", (rig: Rig) => rig.reply([]), "NotExecutedError unknown"],
  ])("`retry: false` lets it go never again after %s", (_, fault, error) => {
    for (const make of [() => post("a", {}, { retry: false }), () => get("a", { retry: false })]) {
      const rig = rigWith([fault], { token: () => "t" });
      rig.send(make());
      rig.run();
      expect(untimed(rig.told)).toEqual([`a ${error}`]);
      expect(rig.posts).toHaveLength(1);
    }
  });

  it("`retry: false` lets it go again while not a byte has left", () => {
    const rig = rigWith([refusedConnection, refusedConnection]);
    rig.send(post("a", {}, { retry: false }));
    rig.run();
    expect(untimed(rig.told)).toEqual(["a 200"]);
    expect(rig.posts).toHaveLength(3);
  });

  it("`retry: false` is no concern of those it travels with", () => {
    const rig = rigWith([outer(429)]);
    rig.send(post("a", {}, { retry: false }));
    rig.send(post("b"));
    rig.run();
    expect(rig.batches.map(({ urls }) => urls.join(" "))).toEqual(["a b", "b"]);
    expect(untimed(rig.told)).toEqual(["a BatchHttpError 429", "b 200"]);
  });

  it("`statuses` are vouched for not to have run it: also a POST goes again, alone", () => {
    const rig = rigWith([parts(409)]);
    rig.send(post("a", {}, { retry: { statuses: [409, 503] } }));
    rig.at(12, () => rig.send("b"));
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", "@22 me: b", "@271 me: a"]);
    expect(untimed(rig.told)).toEqual(["b 200", "a 200"]);
  });

  it("`statuses` count for its own part alone", () => {
    const rig = rigWith([outer(503)]);
    rig.send(post("a", {}, { retry: { statuses: [503] } }));
    rig.run();
    expect(untimed(rig.told)).toEqual(["a BatchHttpError 503"]);
  });

  it("`statuses` end with the budgets, and with the option `retry: false`", () => {
    const operation = () => post("a", {}, { retry: { statuses: [409] } });
    const spent = rigWith(Array(9).fill(parts(409)), { retry: { maxRetries: 2 } });
    spent.send(operation());
    spent.run();
    expect(spent.posts).toHaveLength(3);
    expect(spent.errorOf("a").cause).toMatchObject({ limit: "retry.maxRetries" });
    const off = rigWith([parts(409)], { retry: false });
    off.send(operation());
    off.run();
    expect(untimed(off.told)).toEqual(["a ResponseError 409"]);
    expect(off.posts).toHaveLength(1);
  });
});

describe("rule 16: certain, and not sent, only if no attempt may have run", () => {
  it("of a PUT that was lost, and then got no token", () => {
    let asked = 0;
    const rig = rigWith([reset], {
      token: () => {
        if (asked++ > 0) throw new Error("no token");
        return "t";
      },
    });
    rig.send(put("a"));
    rig.run();
    expect(untimed(rig.told)).toEqual(["a NotExecutedError unknown"]);
  });

  it.each([
    ["a reset", reset, true],
    ["503 of its part", parts(503), true],
    ["503 of the batch", outer(503), true],
    ["429 of its part", parts(429), false],
    ["no connection", refusedConnection, false],
  ])("of a PUT that had %s, and then no connection", (_, fault, sent) => {
    const rig = rigWith([fault, ...Array(9).fill(refusedConnection)], { retry: { maxRetries: 2 } });
    rig.send(put("a"));
    rig.run();
    expect(untimed(rig.told)).toEqual(["a TransportError"]);
    expect((rig.errorOf("a") as TransportError).sent).toBe(sent);
  });
});

describe("rule 22: Retry-After and backoff", () => {
  const date = "Wed, 21 Oct 2015 07:28:00 GMT";

  it("keeps the pause of a lane in which another operation cannot be encoded", () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
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

  it("settles at once what would have to wait beyond maxTotalMs, with the error it has", () => {
    const rig = rigWith([parts(429, { "retry-after": "200" })]);
    rig.send("a");
    rig.run(12);
    expect(rig.told).toEqual(["@11 a ResponseError 429"]);
    expect(rig.errorOf("a").cause).toMatchObject({ _tag: "LimitError", limit: "retry.maxTotalMs" });
  });

  it("settles at once what its backoff alone would keep beyond maxTotalMs", () => {
    const retry = { baseDelayMs: 60_000, maxDelayMs: 60_000, maxTotalMs: 20_000 };
    const rig = rigWith([(rig) => rig.reply([{ index: 0, status: 503 }])], { retry });
    rig.send("a");
    rig.run();
    expect(rig.told).toEqual(["@11 a ResponseError 503"]);
  });

  it.each([[1001, "@1012 a 200"], [1000, "@11 a ResponseError 429"]])(
    "sends again what may just go within a maxTotalMs of %i: %s",
    (maxTotalMs, told) => {
      const rig = rigWith([parts(429, { "retry-after": "1" })], { retry: { maxTotalMs } });
      rig.send("a");
      rig.run();
      expect(rig.told).toEqual([told]);
    },
  );

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

  it("settles all at once that wait in the lane when a pause comes that is too long for them", () => {
    const limited = { status: 429, headers: { "retry-after": "5" } };
    const rig = rigWith([
      (rig) => rig.reply(names(6).map((_, index) => ({ index, ...limited }))),
      (rig) =>
        rig.reply([{ index: 0, status: 404, headers: { "retry-after": "300" } }], { afterMs: 100 }),
    ], { maxBatchSize: 6, maxWaitMs: 0, concurrencyPerContext: 2 });
    for (const url of [...names(6), "slow"]) rig.send(url);
    rig.run();
    expect(rig.posts).toHaveLength(2);
    expect(rig.told).toEqual([
      "@100 slow ResponseError 404",
      ...names(6).map((url) => `@100 ${url} ResponseError 429`),
    ]);
  });

  it("settles at once what was in a POST before when a pause comes that is too long for it", () => {
    const rig = rigWith([
      (rig) => rig.reply([{ index: 0, status: 503 }, { index: 1 }]),
      (rig) => rig.reply([{ index: 0, status: 404, headers: { "retry-after": "300" } }]),
    ], { maxBatchSize: 2, retry: { baseDelayMs: 60_000, maxDelayMs: 60_000 } });
    for (const url of ["a", "b"]) rig.send(url);
    rig.at(100, () => rig.send("c"));
    rig.at(200, () => rig.send("d"));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a b", "@110 me: c", "@300111 me: d"]);
    expect(rig.told).toEqual([
      "@1 b 200",
      "@111 c ResponseError 404",
      "@111 a ResponseError 503",
      "@300112 d 200",
    ]);
    expect(rig.errorOf("a").cause).toMatchObject({ limit: "retry.maxTotalMs" });
  });

  it("takes what waits in the lane for its next attempt too", () => {
    const rig = rigWith([
      (rig) => rig.reply("busy", { status: 503 }),
      (rig) => rig.reply("busy", { status: 503, headers: { "retry-after": "200" }, afterMs: 20 }),
    ], { maxBatchSize: 1, maxWaitMs: 0 });
    rig.send("a");
    rig.send("b");
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@0 me: b"]);
    expect(untimed(rig.told).toSorted()).toEqual(["a BatchHttpError 503", "b BatchHttpError 503"]);
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

  it("lets nothing wait longer than maxTotalMs once it is closed, with the pause for a cause", async () => {
    for (const closesFirst of [true, false]) {
      const rig = rigWith([
        (rig) =>
          rig.reply([{ index: 0 }, { index: 1, status: 429, headers: { "retry-after": "200" } }], {
            afterMs: 50,
          }),
      ], { maxBatchSize: 2, concurrencyPerContext: 1 });
      const need = get("need");
      rig.send(need);
      rig.send("told");
      rig.send("waits");
      rig.send(get("then", { dependsOn: [need] }));
      rig.run(closesFirst ? 20 : 100);
      const closed = rig.batcher.close();
      rig.run();
      await closed;
      expect(rig.posts).toHaveLength(1);
      expect(untimed(rig.told)).toEqual([
        "need 200",
        "told ResponseError 429",
        "waits NotExecutedError certain",
        "then NotExecutedError certain",
      ]);
      for (const name of ["waits", "then"]) {
        expect(rig.errorOf(name).cause).toMatchObject({
          _tag: "LimitError",
          limit: "retry.maxTotalMs",
        });
      }
      expect(rig.timers).toBe(0);
    }
  });

  it("lets a pause that is short enough run out after it is closed", async () => {
    const rig = rigWith([parts(404, { "retry-after": "100" })], { concurrencyPerContext: 1 });
    rig.send("a");
    rig.at(12, () => rig.send("b"));
    rig.run(13);
    const closed = rig.batcher.close();
    rig.run();
    await closed;
    expect(rig.told).toEqual(["@11 a ResponseError 404", "@100012 b 200"]);
  });

  it("sends what goes again before what was never sent", () => {
    const rig = rigWith([
      (rig) => rig.reply("busy", { status: 503, headers: { "retry-after": "1" } }),
    ], {
      concurrencyPerContext: 1,
      maxBatchSize: 2,
    });
    for (const url of names(8)) rig.send(url);
    rig.run();
    expect(rig.batches.map(({ urls }) => urls.join(" "))).toEqual([
      "m0 m1",
      "m0 m1",
      "m2 m3",
      "m4 m5",
      "m6 m7",
    ]);
  });

  it("looks at the time of a repeat again when its batch is sealed", () => {
    const rig: Rig = rigWith([
      parts(503),
      (rig, { urls }) => rig.reply(okay(urls), { afterMs: 60_000 }),
    ], { concurrency: 1, maxBatchSize: 1, maxWaitMs: 0, retry: { maxTotalMs: 5000 } });
    rig.send("a");
    rig.at(2, () => rig.send(get("slow", { context: "x" })));
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a", "@2 x: slow"]);
    expect(rig.told).toEqual(["@60002 slow 200", "@60002 a ResponseError 503"]);
    expect(rig.errorOf("a").cause).toMatchObject({ _tag: "LimitError", limit: "retry.maxTotalMs" });
  });

  it("counts the pause of the lane into the time of an operation that waits in it", () => {
    const rig = rigWith([(rig) =>
      rig.reply([
        { index: 0, status: 404, headers: { "retry-after": "100" } },
        { index: 1, status: 503 },
      ])], { retry: { maxTotalMs: 50_000 } });
    rig.send(post("a"));
    rig.send("b");
    rig.run();
    expect(rig.told).toEqual(["@11 a ResponseError 404", "@11 b ResponseError 503"]);
  });

  it("doubles its own waits, and draws them below their bound", () => {
    const rig = rigWith(Array(9).fill(outer(503)), { retry: { maxRetries: 5, maxDelayMs: 3000 } });
    rig.send("a");
    rig.run();
    const times = rig.posts.map((line) => Number(line.slice(1).split(" ")[0]));
    const waits = times.slice(1).map((time, at) => time - times[at]! - 1);
    expect(waits).toEqual([250, 500, 1000, 1500, 1500]);
  });

  it("draws anew for each wait, evenly from 0 to its bound", () => {
    vi.mocked(Math.random).mockReturnValueOnce(0).mockReturnValueOnce(0.999);
    const rig = rigWith([outer(503), outer(503)]);
    rig.send("a");
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", "@21 me: a", "@1021 me: a"]);
  });

  it("does not let a server that always says 1 be asked at that pace", () => {
    vi.mocked(Math.random).mockReturnValue(1);
    const rig = rigWith(Array(99).fill(outer(429, { "retry-after": "1" })), {
      retry: { maxRetries: 6 },
    });
    rig.send("a");
    rig.run();
    const times = rig.posts.map((line) => Number(line.slice(1).split(" ")[0]));
    expect(times.slice(1).map((time, at) => time - times[at]! - 1)).toEqual([
      1000,
      1000,
      2000,
      4000,
      8000,
      16_000,
    ]);
    expect(rig.told).toHaveLength(1);
  });

  it("lets all of a failed batch share the next one", () => {
    const rig = rigWith([outer(503)]);
    for (const url of names(20)) rig.send(url);
    rig.run();
    expect(rig.posts).toHaveLength(2);
  });
});

describe("rule 23: one part, and tokens", () => {
  it.each([408, 429, 502, 503, 504])("repeats only the operation with %i", (status) => {
    const rig = rigWith([(rig) => rig.reply([{ index: 0 }, { index: 1, status }, { index: 2 }])]);
    for (const url of names(3)) rig.send(url);
    rig.run();
    expect(rig.batches.map(({ urls }) => urls)).toEqual([["m0", "m1", "m2"], ["m1"]]);
  });

  it("repeats it together with others that came later", () => {
    const rig = rigWith([(rig) => rig.reply([{ index: 0, status: 503 }])]);
    rig.send("a");
    rig.at(265, () => rig.send("b"));
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", "@271 me: a b"]);
  });

  function refreshing(first: Parameters<typeof rigWith>[0], options: RigOptions = {}) {
    const asked: string[] = [];
    let count = 0;
    const rig = rigWith(first, {
      maxWaitMs: 0,
      token: (context, { refresh }) => {
        asked.push(`${context}${refresh ? " refresh" : ""}`);
        return `t${++count}`;
      },
      ...options,
    });
    const sent = () => rig.batches.map(({ request }) => request.headers["Authorization"]);
    return { rig, asked, sent };
  }

  it.each([["a part", parts(401)], ["the batch", outer(401)]])(
    "asks once more with refresh after 401 of %s, also for what is unsafe",
    (_, fault) => {
      const { rig, asked, sent } = refreshing([fault]);
      rig.send(post("a"));
      rig.run();
      expect(untimed(rig.told)).toEqual(["a 200"]);
      expect(asked).toEqual(["me", "me refresh"]);
      expect(sent()).toEqual(["Bearer t1", "Bearer t2"]);
      expect(rig.posts).toEqual(["@0 me: a", "@1 me: a"]);
    },
  );

  it.each([["a part", parts(401)], ["the batch", outer(401)]])(
    "gives up after the second 401 of %s",
    (_, fault) => {
      const { rig, asked } = refreshing([fault, fault, fault]);
      rig.send("a");
      rig.run();
      expect(untimed(rig.told)[0]).toMatch(/^a \S+ 401$/);
      expect(asked).toEqual(["me", "me refresh"]);
    },
  );

  it.each([["a part", parts(401)], ["the batch", outer(401)]])(
    "asks again for a 401 of %s when another answer lies between",
    (_, fault) => {
      const { rig, asked, sent } = refreshing([fault, parts(429), fault, outer(429), fault, fault]);
      rig.send(post("a"));
      rig.run();
      expect(untimed(rig.told)[0]).toMatch(/^a \S+ 401$/);
      expect(asked).toEqual(["me", "me refresh", "me", "me refresh", "me", "me refresh"]);
      expect(sent()).toHaveLength(6);
    },
  );

  it("asks again for what a server that took the token stopped before", () => {
    const stop = (rig: Rig, { urls }: SentBatch) =>
      rig.reply([{ index: 0, status: 404, body: urls[0] }]);
    const wire = { order: "sequential" } as const;
    const { rig, asked } = refreshing([outer(401), stop, outer(401), stop, outer(401)], { wire });
    for (const url of names(3)) rig.send(post(url));
    rig.run();
    expect(untimed(rig.told)).toEqual([
      "m0 ResponseError 404",
      "m1 ResponseError 404",
      "m2 200",
    ]);
    expect(asked.filter((line) => line.endsWith("refresh"))).toHaveLength(3);
  });

  it("asks once for all operations of a batch that was refused", () => {
    const { rig, asked } = refreshing([outer(401)]);
    for (const url of names(20)) rig.send(url);
    rig.run();
    expect(asked).toEqual(["me", "me refresh"]);
    expect(rig.posts).toHaveLength(2);
  });

  it("does not refresh again for a 401 to an older token", () => {
    let held = "t1";
    const asked: boolean[] = [];
    const { rig, sent } = refreshing([
      (rig) => rig.reply("no", { status: 401, afterMs: 5 }),
      (rig) => rig.reply("no", { status: 401, afterMs: 50 }),
    ], {
      maxBatchSize: 1,
      token: (_, { refresh }) => {
        asked.push(refresh);
        return refresh ? held = "t2" : held;
      },
    });
    rig.send("a");
    rig.send("b");
    rig.run();
    expect(untimed(rig.told)).toEqual(["a 200", "b 200"]);
    expect(asked).toEqual([false, false, true, false]);
    expect(sent()).toEqual(["Bearer t1", "Bearer t1", "Bearer t2", "Bearer t2"]);
  });

  it("does not let a token that was overtaken by a refresh take its place", () => {
    const asked: boolean[] = [];
    const delays = [0, 30, 5, 0];
    const rig: Rig = rigWith([(rig) => rig.reply("no", { status: 401, afterMs: 10 })], {
      maxWaitMs: 0,
      maxBatchSize: 1,
      token: (_, { refresh }) => {
        asked.push(refresh);
        return rig.at$(delays[asked.length - 1] ?? 0, `t${asked.length}`);
      },
    });
    rig.send("a");
    rig.at(5, () => rig.send("b"));
    rig.run();
    expect(untimed(rig.told).sort()).toEqual(["a 200", "b 200"]);
    expect(asked).toEqual([false, false, true]);
  });

  it("asks for each batch, and shares a call that is under way", () => {
    let asked = 0;
    const rig: Rig = new Rig({ maxBatchSize: 1, token: () => rig.at$(20, `t${++asked}`) });
    rig.send("a");
    rig.at(10, () => rig.send("b"));
    rig.at(30, () => rig.send("c"));
    rig.at(30, () => rig.send(get("d", { context: "x" })));
    rig.run();
    expect(rig.posts).toEqual(["@20 me: a", "@20 me: b", "@50 me: c", "@50 x: d"]);
    expect(asked).toBe(3);
  });

  it("takes a string, a promise, and the first value of an Observable", async () => {
    for (const token of ["t", () => "t", () => Promise.resolve("t"), () => ["t", "u"] as never]) {
      const rig = new Rig({ token });
      rig.send("a");
      rig.run(20);
      await new Promise((resolve) => setTimeout(resolve, 0));
      rig.run(30);
      expect(rig.batches[0]?.request.headers["Authorization"]).toBe("Bearer t");
    }
  });

  it.each([
    ["throws", () => {
      throw new Error("no");
    }],
    ["answers a number", () => 7],
    ["answers nothing", () => undefined],
    ["answers null", () => null],
    ["answers a line break", () => "a\r\nX: y"],
    ["answers an empty string", () => ""],
    ["completes without a value", () => []],
    ["rejects", () => Promise.reject(new Error("no"))],
    ["promises a number", () => Promise.resolve(7)],
  ])("fails the batch as not executed when the function %s", async (_, token) => {
    const rig = new Rig({ token: token as never });
    rig.send(post("a"));
    rig.run(20);
    await new Promise((resolve) => setTimeout(resolve, 0));
    rig.run();
    expect(untimed(rig.told)).toEqual(["a NotExecutedError certain"]);
    expect((rig.errorOf("a") as NotExecutedError).cause).toBeInstanceOf(Error);
    expect([rig.posts, rig.timers]).toEqual([[], 0]);
  });

  it("asks anew after a failure", () => {
    let asked = 0;
    const rig = new Rig({
      token: () => {
        if (asked++ === 0) throw new Error("no");
        return "t";
      },
    });
    rig.send("a");
    rig.run();
    rig.send("b");
    rig.run();
    expect(untimed(rig.told)).toEqual(["a NotExecutedError certain", "b 200"]);
  });

  it("does not wait for ever with a call that hung once", () => {
    let asked = 0;
    const rig = new Rig({
      timeoutMs: 100,
      maxBatchSize: 1,
      token: () => asked++ === 0 ? new Promise<string>(() => {}) : "t",
    });
    rig.send("a");
    rig.at(50, () => rig.send("b"));
    rig.at(120, () => rig.send("c"));
    rig.run(130);
    expect(rig.told).toEqual(["@100 a NotExecutedError certain", "@121 b 200"]);
    rig.at(200, () => rig.send("d"));
    rig.run();
    expect(rig.told.at(-1)).toBe("@201 d 200");
  });
});

describe("rule 24: 413, 424, and the end of trying", () => {
  it("halves what the lane may send until it is empty", () => {
    const rig = new Rig({ maxBatchSize: 16 });
    rig.answer = ({ urls }) =>
      urls.length > 3 ? rig.reply("too large", { status: 413 }) : rig.reply(okay(urls));
    for (const url of names(16)) rig.send(url);
    rig.run();
    expect(rig.told).toHaveLength(16);
    const sizes = rig.batches.map(({ urls }) => urls.length);
    expect(sizes.slice(0, 2)).toEqual([16, 8]);
    expect(Math.max(...sizes.slice(4))).toBeLessThanOrEqual(4);
    rig.answer = ({ urls }) => rig.reply(okay(urls));
    for (const url of names(16)) rig.send(url);
    rig.run();
    expect(rig.batches.at(-1)!.urls).toHaveLength(16);
  });

  it("halves the bytes too", () => {
    const rig = new Rig();
    rig.answer = ({ urls }) =>
      urls.join("").length > 60 ? rig.reply("too large", { status: 413 }) : rig.reply(okay(urls));
    rig.send("x".repeat(50));
    for (const url of names(10)) rig.send(url);
    rig.run();
    expect(rig.told).toHaveLength(11);
    expect(untimed(rig.told).every((line) => line.endsWith(" 200"))).toBe(true);
  });

  it("is its own BatchHttpError for a single operation", () => {
    const rig = rigWith([outer(413)]);
    rig.send("a");
    rig.run();
    expect(rig.told).toEqual(["@11 a BatchHttpError 413"]);
    expect((rig.errorOf("a") as BatchHttpError).detail).toBe("<html>");
  });

  it("costs no attempt, and fails none but those that are too large alone", () => {
    const rig = new Rig({ retry: { maxRetries: 0 } });
    rig.answer = ({ urls }) =>
      urls.includes("m7") ? rig.reply("too large", { status: 413 }) : rig.reply(okay(urls));
    for (const url of names(20)) rig.send(post(url));
    rig.run();
    expect(untimed(rig.told).filter((line) => !line.endsWith(" 200"))).toEqual([
      "m7 BatchHttpError 413",
    ]);
    expect(rig.told).toHaveLength(20);
  });

  it("sends a 424 child of a throttled parent again with its parent", () => {
    for (const order of [[0, 1], [1, 0]]) {
      const rig = new Rig({ wire: { order: "native" } });
      const answers = [{ index: 0, status: 429 }, { index: 1, status: 424 }];
      rig.answer = ({ number, urls }) =>
        number === 0 ? rig.reply(order.map((at) => answers[at]!)) : rig.reply(okay(urls));
      const a = post("a");
      rig.send(a);
      rig.send(post("b", undefined, { dependsOn: [a] }));
      rig.run();
      expect(rig.batches.map(({ urls }) => urls)).toEqual([["a", "b"], ["a", "b"]]);
      expect(untimed(rig.told)).toEqual(["a 200", "b 200"]);
    }
  });

  it("takes a 424 for an answer where nothing goes again", () => {
    const rig = rigWith([parts(424)]);
    rig.send("a");
    rig.run();
    expect(rig.told).toEqual(["@11 a ResponseError 424"]);
  });

  it("ends after maxRetries, and says so", () => {
    const rig = rigWith(Array(99).fill(parts(429)), { retry: { maxRetries: 2 } });
    rig.send("a");
    rig.run();
    expect(rig.posts).toHaveLength(3);
    const error = rig.errorOf("a");
    expect(error.message).toMatch(/after 3 attempts$/);
    expect(error.cause).toMatchObject({ _tag: "LimitError", limit: "retry.maxRetries" });
  });

  it("ends after maxTotalMs, counted from the first POST", () => {
    const rig = rigWith(Array(999).fill(outer(429, { "retry-after": "10" })), {
      retry: { maxRetries: 100, maxTotalMs: 35_000 },
    });
    rig.send("a");
    rig.run();
    expect(rig.posts).toHaveLength(4);
    expect(rig.errorOf("a").cause).toMatchObject({ limit: "retry.maxTotalMs" });
  });

  it("does not count the time before the first POST", () => {
    const rig = new Rig({ concurrency: 1, retry: { maxTotalMs: 5000 } });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply(okay(urls), { afterMs: 60_000 })
        : number === 1
        ? rig.reply([{ index: 0, status: 429, headers: { "retry-after": "3" } }])
        : rig.reply(okay(urls));
    rig.send("slow");
    rig.send(get("a", { context: "x" }));
    rig.run();
    expect(untimed(rig.told)).toEqual(["slow 200", "a 200"]);
  });

  it("closes while it backs off", async () => {
    const rig = rigWith([outer(503)]);
    rig.send("a");
    rig.run(20);
    const closed = rig.batcher.close();
    rig.run();
    await closed;
    expect(rig.told).toEqual(["@262 a 200"]);
  });
});
