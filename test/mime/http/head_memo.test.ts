import { describe, expect, it } from "vitest";
import { HeadMemo } from "../../../src/mime/http/head_memo.ts";
import { octets } from "../../support/octets.ts";

const head = "A: 1\r\n\r\n";

function kept(text: string): HeadMemo<string> {
  const memo = new HeadMemo<string>();
  memo.keep(octets(text), 0, text.length, "meaning");
  return memo;
}

describe("HeadMemo", () => {
  it("knows a head again, wherever it stands and whatever follows", () => {
    const memo = kept(head);
    expect(memo.length).toBe(head.length);
    expect(memo.find(octets(`${head}body`), 0)).toBe("meaning");
    expect(memo.find(octets(`xx${head}`), 2)).toBe("meaning");
  });

  it.each(["A: 2\r\n\r\n", "B: 1\r\n\r\n", "A: 1\r\n", "", "A: 1\r\nB: 2\r\n\r\n"])(
    "does not take %j for it",
    (other) => expect(kept(head).find(octets(other), 0)).toBeUndefined(),
  );

  it.each(["A: 1\r\n", "A: 1\n\n", "A: 1\r\r", "\r\n", `${"A".repeat(600)}\r\n\r\n`])(
    "keeps nothing that may end elsewhere, such as %j",
    (unusual) => {
      expect(kept(unusual).length).toBe(0);
      expect(kept(unusual).find(octets(unusual), 0)).toBeUndefined();
    },
  );

  it("keeps 512 octets, wherever they stand, and no more", () => {
    const longest = `${"A".repeat(508)}\r\n\r\n`;
    expect(kept(longest).length).toBe(512);
    expect(kept(`A${longest}`).length).toBe(0);
    const memo = new HeadMemo<string>();
    memo.keep(octets("x".repeat(600) + head), 600, 600 + head.length, "meaning");
    expect(memo.find(octets(head), 0)).toBe("meaning");
  });

  it.each([
    ["an empty line alone", "A: 1\r\n\r\n", 6],
    ["two of them", "A: 1\r\n\r\n", 4],
    ["what ends with something else", "A: 1\r\n\r!", 0],
    ["what ends with LF alone", "A: 1\r\n!\n", 0],
    ["a line that ends with something else", "A: 1\r!\r\n", 0],
    ["a line that ends with LF alone", "A: 1!\n\r\n", 0],
  ])("does not keep %s", (_what, text, start) => {
    const memo = new HeadMemo<string>();
    memo.keep(octets(text), start, text.length, "meaning");
    expect(memo.length).toBe(0);
  });

  it("keeps the last one only", () => {
    const memo = kept(head);
    memo.keep(octets("xB: 2\r\n\r\n"), 1, 9, "other");
    expect(memo.find(octets(head), 0)).toBeUndefined();
    expect(memo.find(octets("B: 2\r\n\r\n"), 0)).toBe("other");
  });
});
