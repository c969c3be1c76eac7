import { describe, expect, it, vi } from "vitest";

describe("the example csrf", () => {
  it("writes everything once, although its token changes every three batches", async () => {
    const printed = vi.spyOn(console, "log").mockImplementation(() => {});
    await import("../../examples/csrf.ts");
    expect(printed.mock.lastCall).toEqual(["100 answers, 100 orders, 3 refused batches"]);
    printed.mockRestore();
  });
});
