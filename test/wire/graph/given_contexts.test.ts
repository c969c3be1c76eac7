import { describe, expect, it } from "vitest";
import { OperationError } from "../../../src/operation/errors.ts";
import { get } from "../../../src/operation/make.ts";
import { graphWire } from "../../../src/wire/graph/graph.ts";
import { encodeAll, sentInJson } from "../support.ts";

const wire = graphWire();

/** Twice, as the second time it is remembered. */
function targetsOf(url: string, context: string): readonly string[] {
  const operations = [get(url, { context }), get(url, { context })];
  return sentInJson(encodeAll(wire, operations).request).map(({ target }) => target);
}

describe("a context beside a plain path", () => {
  it.each([
    ["me", "/me/messages?$top=2"],
    ["/users/Anna@contoso.com", "/users/Anna@contoso.com/messages?$top=2"],
    ["users('anna''s')", "/users('anna''s')/messages?$top=2"],
    ["users/a%2Fb", "/users/a%252Fb/messages?$top=2"],
    ["groups/a:", "/groups/a:/messages?$top=2"],
  ])("%s stands before it as it was given", (context, target) => {
    expect(targetsOf("messages?$top=2", context)).toEqual([target, target]);
  });

  it.each([
    "users/..",
    "users/%2e%2e",
    "users/%252e%252e",
    "users/%24batch",
    "users/%00",
    "users/a/messages",
    "users/",
    "sites/root",
  ])("%s is refused, however often it comes", (context) => {
    for (let time = 0; time < 3; time++) {
      expect(() => wire.contextOf(get("messages", { context }))).toThrow(OperationError);
    }
  });

  it("names its lane also when more were seen than are remembered", () => {
    const keyOf = (at: number) => wire.contextOf(get("events", { context: `users/${at}@a.b` })).key;
    const keys = Array.from({ length: 5_000 }, (_, at) => keyOf(at));
    expect(new Set(keys).size).toBe(keys.length);
    expect([0, 2_500, 4_999].map(keyOf)).toEqual([keys[0], keys[2_500], keys[4_999]]);
  });

  it("does not stand before a path that names one itself", () => {
    expect(targetsOf("users/anna@contoso.com/messages", "users('anna@contoso.com')")).toEqual(
      Array(2).fill("/users/anna@contoso.com/messages"),
    );
    for (const url of ["me", "me/messages", "groups/1"]) {
      expect(() => wire.contextOf(get(url, { context: "users/anna@contoso.com" })), url)
        .toThrow(OperationError);
    }
  });
});
