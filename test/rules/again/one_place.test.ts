import { describe, expect, it } from "vitest";
import { type BatchHttpError, del, post, put, TransportError } from "../../../mod.ts";
import { names, okay, Rig, untimed } from "../../support/rig.ts";

const unknown = "NotExecutedError unknown";

function timeOf(second: number): string {
  return `2026-11-27T00:12:0${second}.1234567Z`;
}

/** What stands in the brackets of a key. */
function idIn(url: string): string {
  return url.slice(url.indexOf("(") + 1, -1);
}

describe("rule 16: one error place for a whole batch", () => {
  const inOrder = { wire: { order: "sequential" as const } };
  const refusal = { status: 400, body: { error: { code: "InvalidHeaderValue" } } };

  it("costs three POSTs, the last operation first in the third, not one each", () => {
    const rig = new Rig({ ...inOrder, retry: { maxRetries: 0 } });
    rig.answer = () => rig.reply([refusal]);
    for (const url of names(20)) rig.send(post(url));
    rig.run();
    expect(rig.batches.map(({ urls }) => urls.length)).toEqual([20, 19, 18]);
    expect(rig.batches[2]!.urls[0]).toBe("m19");
    expect(rig.told).toHaveLength(20);
    const errors = rig.told.map((line) => line.split(" ").slice(1, 3).join(" "));
    expect(errors.filter((line) => line.endsWith(" ResponseError"))).toEqual([
      "m0 ResponseError",
      "m1 ResponseError",
    ]);
    expect(errors.filter((line) => line.endsWith(" BatchHttpError"))).toHaveLength(18);
    const last = rig.errorOf("m10") as BatchHttpError;
    expect(last).toMatchObject({ _tag: "BatchHttpError", status: 400, code: "InvalidHeaderValue" });
    expect(last.attempts).toBe(3);
  });

  const GUID = "e9c4e8a5-0002-00a1-7d9b-0a6b2f00000";
  it.each([
    ["ids and times of its request", (n: number) => `RequestId:${GUID}${n}\nTime:${timeOf(n)}`],
    ["numbers of its transaction", (n: number) => `2017101309314${n}.2345670 5A3E8B6F00000000${n}`],
  ])("is the same but for %s", (_what, stamps) => {
    const rig = new Rig({ ...inOrder, retry: { maxRetries: 0 } });
    rig.answer = ({ number }) => rig.reply([{ status: 400, body: `No. ${stamps(number)}` }]);
    for (const url of names(20)) rig.send(post(url));
    rig.run();
    expect(rig.posts).toHaveLength(3);
  });

  it("is another one where it names what the operation itself names", () => {
    const rig = new Rig({ ...inOrder, retry: { maxRetries: 0 } });
    rig.answer = ({ urls }) => rig.reply([{ status: 404, body: `${idIn(urls[0]!)} is not there` }]);
    for (let n = 0; n < 6; n++) rig.send(del(`a(${GUID}${n})`));
    rig.run();
    expect(rig.posts).toHaveLength(6);
    expect(rig.told.filter((line) => line.includes(" ResponseError 404"))).toHaveLength(6);
  });

  it("is each operation's own where it names that by its id, however often it comes alike", () => {
    const rig = new Rig({ ...inOrder, retry: { maxRetries: 0 } });
    rig.answer = ({ urls }) => {
      const failing = urls.findIndex((url) => url.startsWith("gone"));
      const done = okay(failing < 0 ? urls : urls.slice(0, failing));
      return rig.reply(failing < 0 ? done : [...done, { ...refusal, index: failing }]);
    };
    for (const url of ["gone1", "gone2", "c", "d", "gone3", "gone4", "e"]) rig.send(post(url));
    rig.run();
    expect(untimed(rig.told).sort()).toEqual([
      "c 200",
      "d 200",
      "e 200",
      ...names(4, "gone").map((_, at) => `gone${at + 1} ResponseError 400`),
    ]);
    expect(rig.posts).toHaveLength(5);
  });

  it("costs six POSTs where it names the first operation each time, not one each", () => {
    const rig = new Rig({ ...inOrder, retry: { maxRetries: 0 } });
    rig.answer = () => rig.reply([{ ...refusal, index: 0 }]);
    for (const url of names(20)) rig.send(post(url));
    rig.run();
    expect(rig.posts).toHaveLength(6);
    expect(rig.told).toHaveLength(20);
    expect(rig.told.filter((line) => line.endsWith(" BatchHttpError 400"))).toHaveLength(15);
  });

  it("is each operation's own as long as it differs", () => {
    const rig = new Rig({ ...inOrder, retry: { maxRetries: 0 } });
    rig.answer = ({ number }) => rig.reply([{ status: 404, body: number }]);
    for (const url of names(6)) rig.send(post(url));
    rig.run();
    expect(rig.posts).toHaveLength(6);
  });

  it("is unknown to the others where the wire may reorder", () => {
    const rig = new Rig();
    rig.answer = () => rig.reply([refusal]);
    for (const url of ["a", "b"]) rig.send(post(url));
    rig.run();
    expect(rig.told).toEqual([`@11 a ${unknown}`, `@11 b ${unknown}`]);
    expect(rig.posts).toHaveLength(1);
  });

  it("says that nothing was sent only if no earlier attempt may have run it", () => {
    for (const first of [new Error("reset"), new TransportError("none", { sent: false })]) {
      const rig = new Rig({ retry: { maxRetries: 1, baseDelayMs: 0 } });
      rig.answer = ({ number }) =>
        rig.failing(number === 0 ? first : new TransportError("none", { sent: false }));
      rig.send(put("a", {}));
      rig.run();
      expect(rig.errorOf("a")).toMatchObject({ sent: !(first instanceof TransportError) });
    }
  });

  it("says that it surely did not run only if no earlier attempt may have run it", () => {
    let asked = 0;
    const rig = new Rig({
      retry: { maxRetries: 1, baseDelayMs: 0 },
      token: () => asked++ === 0 ? "t" : Promise.reject(new Error("expired")),
    });
    rig.answer = () => rig.failing(new Error("reset"));
    rig.send(put("a", {}));
    rig.run();
    return rig.batcher.close().then(() => {
      expect(rig.errorOf("a")).toMatchObject({ _tag: "NotExecutedError", certain: false });
    });
  });
});
