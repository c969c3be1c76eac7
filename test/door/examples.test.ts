import { format } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

describe("the example sync_mailboxes", () => {
  const printed: string[] = [];

  beforeEach(() => {
    vi.spyOn(console, "log").mockImplementation((...values) =>
      void printed.push(format(...values))
    );
  });

  afterEach(() => vi.restoreAllMocks());

  it("lets pages under way come in when it is stopped, and goes on where it was", async () => {
    await import("../../examples/sync_mailboxes.ts");
    const lines = printed.filter((line) => !line.includes("a second"));
    const stopped = Number(/^stopped with (\d+) messages/.exec(lines[0]!)![1]);
    // ten pages of ten are under way at most when the twelfth has come
    expect(stopped).toBeGreaterThanOrEqual(120);
    expect(stopped).toBeLessThan(450);
    expect(lines.at(-1)).toBe("450 messages, 0 twice");
  });
});

describe("the example csrf", () => {
  it("writes everything once, although its token changes every three batches", async () => {
    const printed = vi.spyOn(console, "log").mockImplementation(() => {});
    await import("../../examples/csrf.ts");
    expect(printed.mock.lastCall).toEqual(["100 answers, 100 orders, 3 refused batches"]);
    printed.mockRestore();
  });
});
