import { describe, expect, it } from "vitest";
import { DecodeError, type LimitError, post } from "../../../mod.ts";
import { names, okay, Rig } from "../../support/rig.ts";
import { a, answered, b, c, unsafe } from "./answered.ts";

describe("rule 14: which part is whose", () => {
  it("goes by id when the first part has one, in any order", () => {
    const { told } = answered([a, b, c], [{ index: 2 }, { index: 0 }, { index: 1 }]);
    expect(told).toEqual(["@11 c 200", "@11 a 200", "@11 b 200"]);
  });

  it("goes by position, at the end, where no part has one", () => {
    const rig = answered([a, b], [{ body: "first" }, { body: "second" }]);
    expect([rig.bodyOf("a"), rig.bodyOf("b")]).toEqual(["first", "second"]);
  });

  it("gives a part without an id to the one operation that is left", () => {
    const rig = answered([a, b, c], [{ index: 2, body: "C" }, { body: "?" }, { index: 0 }]);
    expect(rig.told).toEqual(["@11 c 200", "@11 a 200", "@11 b 200"]);
    expect(rig.bodyOf("b")).toBe("?");
  });

  it("gives it to nobody when two are left", () => {
    const rig = answered(unsafe, [{ index: 2 }, {}]);
    expect(rig.told).toEqual([
      "@11 p2 200",
      "@11 p0 NotExecutedError unknown",
      "@11 p1 NotExecutedError unknown",
    ]);
  });

  it("ends the trust when more parts without an id come than operations are left", () => {
    const rig = answered(unsafe, [{ index: 2 }, { index: 0 }, {}, {}]);
    expect(rig.told).toEqual(["@11 p2 200", "@11 p0 200", "@11 p1 NotExecutedError unknown"]);
  });

  it.each([
    ["an unknown id", { index: 9 }],
    ["an id that was never sent", { index: -1 }],
    ["an id that came before", { index: 1 }],
  ])("ends the trust at %s", (_, part) => {
    const rig = answered(unsafe, [{ index: 1 }, part, { index: 0 }]);
    expect(rig.told).toEqual([
      "@11 p1 200",
      "@11 p0 NotExecutedError unknown",
      "@11 p2 NotExecutedError unknown",
    ]);
    expect(rig.errorOf("p0").cause).toBeInstanceOf(DecodeError);
    expect(rig.errorOf("p0")).not.toBe(rig.errorOf("p2"));
  });

  it("believes an id, and no position that it contradicts", () => {
    const rig = answered(unsafe, [{}, { index: 2 }, {}]);
    expect(rig.told).toEqual([
      "@11 p2 200",
      "@11 p0 NotExecutedError unknown",
      "@11 p1 NotExecutedError unknown",
    ]);
  });

  it("gives nothing by position to a part whose id is not that of its place", () => {
    for (const odd of [{ index: -1 }, { index: 0 }]) {
      const rig = answered(unsafe, [{ index: 0 }, odd, {}]);
      expect(rig.told).toEqual([
        "@11 p0 200",
        "@11 p1 NotExecutedError unknown",
        "@11 p2 NotExecutedError unknown",
      ]);
    }
  });

  it("goes by position where the ids that there are agree", () => {
    const rig = answered(unsafe, [{ body: "0" }, { index: 1, body: "1" }, { body: "2" }]);
    expect(unsafe.map(({ url }) => rig.bodyOf(url))).toEqual(["0", "1", "2"]);
  });

  it("shifts nothing when a part without an id is missing or added", () => {
    for (const parts of [[{}, {}], [{}, {}, {}, {}]]) {
      const rig = answered(unsafe, parts);
      expect(rig.told).toEqual(unsafe.map(({ url }) => `@11 ${url} NotExecutedError unknown`));
    }
  });

  it("takes back nothing when there is a part too many", () => {
    expect(answered([a, b], [{ index: 0 }, { index: 1 }, { index: 1 }]).told).toEqual([
      "@11 a 200",
      "@11 b 200",
    ]);
  });

  it("holds parts back by position where the wire may reorder and stop", () => {
    const options = { continueOnError: false };
    const whole = answered([a, b], [{ status: 404 }, {}], options);
    expect(whole.told).toEqual(["@11 a ResponseError 404", "@11 b 200"]);
    const short = answered([...unsafe, a], [{}, { status: 404 }], { ...options, retry: false });
    expect(short.told).toEqual([
      "@11 p0 NotExecutedError unknown",
      "@11 p1 NotExecutedError unknown",
      "@11 p2 NotExecutedError unknown",
      "@11 a NotExecutedError unknown",
    ]);
  });

  it("does not hold them back by id", () => {
    const byId = answered([a, b], [{ index: 1 }], { continueOnError: false, retry: false });
    expect(byId.told).toEqual(["@11 b 200", "@11 a NotExecutedError unknown"]);
  });

  it.each([400, 401, 500, 503])("reads a batch answer under an outer %i", (status) => {
    const rig = new Rig();
    rig.answer = ({ urls }) => rig.reply(okay(urls), { status });
    rig.send("a");
    rig.run();
    expect(rig.told).toEqual(["@11 a 200"]);
  });

  it.each([[429, "again"], [503, "unknown"], [400, "fails"]])(
    "reads an outer %i without a single part as the answer to the POST",
    (status, meaning) => {
      const rig = new Rig();
      rig.answer = ({ number, urls }) =>
        number === 0 ? rig.reply([], { status }) : rig.reply(okay(urls));
      rig.send(post("a"));
      rig.run();
      expect(rig.told[0]).toContain(meaning === "again" ? "a 200" : `a BatchHttpError ${status}`);
    },
  );
});

describe("rule 15: a part is delivered when its last byte arrives", () => {
  it("tells each subscriber at once", () => {
    const rig = new Rig();
    rig.answer = () => rig.trickle([[5, { index: 1 }], [90, { index: 0 }]]);
    rig.send("a");
    rig.send("b");
    rig.run();
    expect(rig.told).toEqual(["@15 b 200", "@100 a 200"]);
  });

  it.each([1, 2, 3, 7, 1000])("does not depend on how the bytes are cut: by %i", (size) => {
    const rig = new Rig();
    const text = names(3).map((url, index) => `${JSON.stringify({ index, body: url })}\n`).join("");
    const bytes = new TextEncoder().encode(text);
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
    rig.answer = () => [{ status: 200, headers: {}, body: chunks }];
    for (const url of names(3)) rig.send(url);
    rig.run();
    expect(names(3).map((url) => rig.bodyOf(url))).toEqual(names(3));
  });

  it.each([1, 10, 1000])("nor does what comes before the answer grows too large: by %i", (size) => {
    const lines = names(2).map((url, index) => `${JSON.stringify({ index, body: url })}\n`);
    const bytes = new TextEncoder().encode(lines.join(""));
    const rig = new Rig({ maxResponseBytes: lines[0]!.length + 1, retry: false });
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
    rig.answer = () => [{ status: 200, headers: {}, body: chunks }];
    for (const url of names(2)) rig.send(url);
    rig.run();
    expect(rig.told).toEqual(["@10 m0 200", "@10 m1 LimitError 200"]);
    expect(rig.errorOf("m1")).toMatchObject({ limit: "maxResponseBytes", status: 200 });
    const error = rig.errorOf("m1") as LimitError;
    expect(error.headers).toBeDefined();
    expect(error.detail!.startsWith(lines[0]!.slice(0, 5))).toBe(true);
    expect(Object.keys(error)).not.toContain("detail");
  });
});
