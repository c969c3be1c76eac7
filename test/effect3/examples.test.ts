import { format } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

describe("the examples", () => {
  let printed: string[] = [];

  beforeEach(() => {
    printed = [];
    vi.spyOn(console, "log").mockImplementation((...values) =>
      void printed.push(format(...values))
    );
  });

  afterEach(() => vi.restoreAllMocks());

  it("effect_sync reads everything, in far fewer batches than operations", async () => {
    await import("../../examples/effect_sync.ts");
    const [operations, batches] = printed.pop()?.match(/\d+/g)?.map(Number) ?? [];
    expect(printed).toEqual([
      "ada@contoso.com: 17 messages marked as read",
      "grace@contoso.com: 15 messages marked as read",
      "rufus@contoso.com: 9 messages marked as read",
    ]);
    expect(operations).toBe(50);
    expect(batches).toBeLessThan(25);
  });

  it("schema_typed decodes what fits, and says what does not", async () => {
    await import("../../examples/schema_typed.ts");
    const last = printed.pop();
    expect(printed.sort()).toEqual([
      "2 of contacts?$top=2",
      "2 of events?$top=2",
      "Ada Lovelace, born in 1815",
      "contacts?$top=1: value.0.Birthday is missing",
    ]);
    expect(last).toMatch(/^refused before it was sent: DisplayName Expected string/);
  });
});
