import { throwError } from "rxjs";
import { describe, expect, it } from "vitest";
import { del, get, type Operation, patch, post, put, TransportError } from "../../../mod.ts";
import { outer, parts, refusedConnection, reset, rigWith } from "./first_answers.ts";
import { okay, Rig, untimed } from "../../support/rig.ts";
import { steadyBackoff } from "../../support/virtual_time.ts";

steadyBackoff();

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
