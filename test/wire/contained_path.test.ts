import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { faultInPath } from "../../src/wire/contained_path.ts";

/** Percent-encodes every character, so many times over. */
function encoded(text: string, times: number): string {
  let once = text;
  for (let round = 0; round < times; round++) {
    once = round === 0
      ? Array.from(once, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, "0")}`).join("")
      : once.replaceAll("%", "%25");
  }
  return once;
}

const DOTS = "must hold no dot segment";
const BEGINNING = "must not begin with an encoded slash or scheme";
const BATCH = "must not be a batch";
const OVER = "must not be percent-encoded over and over";
const CONTROL = "must hold no control character";

describe("rule 26: a path cannot leave its root however often a server decodes it", () => {
  it.each([1, 2, 3])("encoded %i times", (times) => {
    const e = (text: string) => encoded(text, times);
    expect(faultInPath(`${e("..")}/x`)).toBe(DOTS);
    expect(faultInPath(`x/${e(".")}.`)).toBe(DOTS);
    expect(faultInPath(`x${e("/../")}x`)).toBe(DOTS);
    expect(faultInPath(`x${e("\\..\\")}x`)).toBe(DOTS);
    expect(faultInPath(`x/..${e(";")}a`)).toBe(DOTS);
    expect(faultInPath(`x/..${e("?")}a`)).toBe(DOTS);
    expect(faultInPath(`x/..${e("#")}a`)).toBe(DOTS);
    expect(faultInPath(`x/..${e("  ")}/a`)).toBe(DOTS);
    expect(faultInPath(`x/${e(".")}`)).toBe(DOTS);
    expect(faultInPath(`${e("/")}api`)).toBe(BEGINNING);
    expect(faultInPath(`${e("//")}evil.example/x`)).toBe(BEGINNING);
    expect(faultInPath(`${e("\\")}evil.example/x`)).toBe(BEGINNING);
    expect(faultInPath(`${e(" \\")}evil.example/x`)).toBe(BEGINNING);
    expect(faultInPath(`https${e(":")}${e("//")}evil.example/x`)).toBe(BEGINNING);
    expect(faultInPath(`${e(" ..")}/x`)).toBe(DOTS);
    expect(faultInPath(e("$batch"))).toBe(BATCH);
    expect(faultInPath(`x/${e("$BATCH?")}`)).toBe(BATCH);
    expect(faultInPath(`x/.${e("\t")}./a`)).toBe(CONTROL);
    expect(faultInPath(`x/..${e("\0")}`)).toBe(CONTROL);
    expect(faultInPath(`x${e("\x7f")}`)).toBe(CONTROL);
    expect(faultInPath(`messages('a${e("/b\\")}c')/x`)).toBeUndefined();
  });

  it("encoded more often than anybody does", () => {
    expect(faultInPath(`${encoded(".", 4)}/x`)).toBe(OVER);
    expect(faultInPath(`x/${encoded("x", 4)}`)).toBe(OVER);
    expect(faultInPath(`x/${encoded("x", 3)}`)).toBeUndefined();
    expect(faultInPath("x/%2%65%2%65/")).toBe(DOTS);
  });

  it.each([
    ["%c0%ae%c0%ae/x", DOTS],
    ["x/%C0%2E%c0%ae%C0%AE/x", undefined],
    ["x%c0%af..%C0%AFx", DOTS],
    ["x/%e0%80%ae./x", DOTS],
    ["x%e0%81%9c..%c1%9cx", DOTS],
    ["%c0%afx", BEGINNING],
    ["x/%c3%a4%e2%82%ac", undefined],
    ["x/%c0x", undefined],
  ])("in octets that are no UTF-8: %s", (path, fault) => {
    expect(faultInPath(path)).toBe(fault);
  });

  it.each([
    ["", "must have a path"],
    ["?a", "must have a path"],
    ["/x", "must hold no backslash and no empty path segment"],
    ["x//y", "must hold no backslash and no empty path segment"],
    ["x\\y", "must hold no backslash and no empty path segment"],
    ["..", DOTS],
    ["x/.", DOTS],
    ["./x", DOTS],
    ["..?x", DOTS],
    ["x/..?x", DOTS],
    ["x.y/../z", DOTS],
    ["$batch(1)", BATCH],
    ["x/$batch;a", BATCH],
  ])("%j", (path, fault) => {
    expect(faultInPath(path)).toBe(fault);
  });

  it.each([
    "messages",
    "messages/AAMk/attachments?$top=1",
    "messages('AAMk%2F%2FAD%3D')/$value",
    "me/drive/root:/a.b/c..d/...:/children",
    "messages?$filter=a%20eq%20'/../'",
    "x/$batches",
    "x/a$batch",
    "$metadata",
    "x/.a/a./..a/a..",
    "users/a.b@c.example/messages",
    "a../.../x...?..",
    "search(q='a b')".replace(" ", "%20"),
    "%24count",
    "x/100%25",
    "x/a%b",
    "me/drive/root:/a%3Ab:/children",
    "Things('urn%3Aid')",
  ])("takes %s", (path) => {
    expect(faultInPath(path)).toBeUndefined();
  });

  it("holds against whoever decodes and resolves it", () => {
    const piece = fc.constantFrom(
      ".",
      "/",
      ":",
      "http",
      "\\",
      "a",
      ";",
      " ",
      "$batch",
      "?",
      "x'",
      "%",
      "2e",
    );
    const text = fc.tuple(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat(3), { maxLength: 8 }))
      .map(([pieces, times]) => pieces.map((p, at) => encoded(p, times[at] ?? 0)).join(""));
    fc.assert(fc.property(text, fc.nat(4), (path, decodings) => {
      fc.pre(!path.includes(" "));
      if (faultInPath(path) !== undefined) return;
      let [decoded] = path.split("?") as [string];
      for (let round = 0; round < decodings; round++) decoded = decodedOnce(decoded);
      const { host, pathname } = new URL(decoded, "https://svc.example/root/inner/");
      expect([host, pathname.startsWith("/root/inner/")]).toEqual(["svc.example", true]);
    }));
  });
});

function decodedOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
