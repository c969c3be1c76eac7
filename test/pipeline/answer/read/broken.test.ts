import { describe, expect, it } from "vitest";
import { DecodeError, TransportError } from "../../../../mod.ts";
import {
  endOfBroken,
  endOfMalformed,
  isNoSuccess,
} from "../../../../src/pipeline/answer/read/broken.ts";
import type { Unread } from "../../../../src/pipeline/send/exchange.ts";

const unread = (status: number, detail = "no"): Unread => ({
  head: { status, headers: { at: "here" } },
  detail,
});
const reset = new Error("reset");

describe("an answer that breaks off", () => {
  it("is lost before its head, unless nothing was sent", () => {
    expect(endOfBroken(reset, undefined, 0)).toEqual({ kind: "lost", cause: reset });
    for (const sent of [true, false]) {
      const cause = new TransportError("gone", { sent });
      expect(endOfBroken(cause, undefined, 0)).toEqual({ kind: sent ? "lost" : "not sent", cause });
    }
  });

  it("is lost behind the head of a batch answer, whatever its cause says of sending", () => {
    const cause = new TransportError("gone", { sent: false });
    expect(endOfBroken(cause, unread(200), 0)).toEqual({ kind: "lost", cause });
  });

  it("is the refusal that its status says, but for a batch answer that has begun", () => {
    expect(endOfBroken(reset, unread(429), 0)).toEqual({ kind: "refused", ...unread(429) });
    expect(endOfBroken(reset, unread(429), 1)).toEqual({ kind: "lost", cause: reset });
  });
});

describe("a batch answer under a status that refuses", () => {
  it.each([
    ["multipart", { "content-type": "Multipart/Mixed; boundary=b" }, "--b"],
    ["JSON", { "content-type": "application/json" }, '{"@odata.context":"x","responses" : ['],
    ["JSON of which nobody knows", { "content-type": "application/json" }, '{"@odata.context":"x'],
    ["JSON without a byte", { "content-type": "application/json" }, ""],
  ])("is lost when it breaks off before its first part, in %s", (_, headers, detail) => {
    const begun = { head: { status: 429, headers }, detail };
    expect(endOfBroken(reset, begun, 0)).toEqual({ kind: "lost", cause: reset });
  });
});

it("a batch answer that ends within its first part is lost, whatever its status", () => {
  const headers = { "content-type": "multipart/mixed; boundary=b" };
  const cut = new DecodeError("cut", { isTruncated: true });
  const begun = { head: { status: 429, headers }, detail: "--b\r\nContent-Type: appl" };
  expect(endOfMalformed(cut, begun, 0).kind).toBe("lost");
  expect(endOfMalformed(cut, { ...begun, detail: "" }, 0).kind).toBe("refused");
  expect(endOfMalformed(new DecodeError("broken"), begun, 0).kind).toBe("refused");
});

describe("an answer that cannot be understood", () => {
  const cut = new DecodeError("cut", { isTruncated: true });
  const broken = new DecodeError("broken");

  it("is malformed without a head", () => {
    const end = { kind: "malformed", cause: broken, unread: undefined };
    expect(endOfMalformed(broken, undefined, 0)).toEqual(end);
  });

  it.each([
    ["its status", unread(400)],
    ["its text", unread(200, '{"error":{}}')],
  ])("is a refusal by %s, unless it has parts", (_, said) => {
    for (const cause of [broken, cut]) {
      expect(endOfMalformed(cause, said, 0)).toEqual({ kind: "refused", ...said });
    }
    expect(endOfMalformed(broken, said, 1)).toEqual({
      kind: "malformed",
      cause: broken,
      unread: said,
    });
  });

  it("is lost where it was cut off, and keeps what there was of it", () => {
    const end = endOfMalformed(cut, unread(200), 0);
    expect(end.kind).toBe("lost");
    expect((end as { cause: DecodeError }).cause).toMatchObject({
      message: "cut",
      isTruncated: true,
      status: 200,
      headers: { at: "here" },
      detail: "no",
    });
    for (const cause of [broken, reset]) {
      expect(endOfMalformed(cause, unread(200), 0)).toMatchObject({ kind: "malformed", cause });
    }
  });
});

it.each([[199, true], [200, false], [299, false], [300, true]])(
  "a status of %i says that the batch did not succeed: %s",
  (status, isNone) => {
    expect(isNoSuccess({ status, headers: {} })).toBe(isNone);
  },
);
