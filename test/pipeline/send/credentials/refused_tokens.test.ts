import { describe, expect, it } from "vitest";
import { RefusedTokens } from "../../../../src/pipeline/send/credentials/refused_tokens.ts";

describe("tokens that were refused", () => {
  it("are replaced by what came in their place, over any number of steps", () => {
    const tokens = new RefusedTokens();
    for (let step = 0; step < 5; step++) {
      tokens.refuse(undefined, `t${step}`);
      expect(tokens.current(undefined, "t0")).toBe(undefined);
      tokens.replace(undefined, `t${step}`, `t${step + 1}`);
      expect(tokens.current(undefined, "t0")).toBe(`t${step + 1}`);
    }
    expect(tokens.current(undefined, "other")).toBe("other");
  });

  it("may be tried again when whoever refreshes gives them again", () => {
    const tokens = new RefusedTokens();
    for (const token of ["a", "b"]) tokens.refuse(undefined, token);
    tokens.replace(undefined, "a", "b");
    expect(tokens.current(undefined, "a")).toBe("b");
    tokens.refuse(undefined, "b");
    tokens.replace(undefined, "b", "a");
    expect(["a", "b"].map((token) => tokens.current(undefined, token))).toEqual(["a", "a"]);
    tokens.replace(undefined, "a", "a");
    expect(tokens.current(undefined, "a")).toBe("a");
  });

  it("are another account's no concern", () => {
    const tokens = new RefusedTokens();
    tokens.refuse("a", "t");
    tokens.replace("a", "t", "mine");
    expect(tokens.current("a", "t")).toBe("mine");
    for (const account of ["b", "", "undefined", undefined]) {
      expect(tokens.current(account, "t")).toBe("t");
    }
  });

  it("of no account are not those of one that is called so", () => {
    const tokens = new RefusedTokens();
    tokens.refuse(undefined, "t");
    expect(tokens.isRefused("undefined", "t")).toBe(false);
  });

  it("are remembered in bounded number, the latest ones", () => {
    const tokens = new RefusedTokens();
    for (let at = 0; at < 5000; at++) tokens.refuse(undefined, `t${at}`);
    const remembered = Array.from(
      { length: 5000 },
      (_, at) => tokens.isRefused(undefined, `t${at}`),
    );
    expect(remembered.filter((isRefused) => isRefused)).toHaveLength(1024);
    expect(remembered.at(-1)).toBe(true);
  });
});
