import { describe, expect, it } from "vitest";
import { BOUNDARY_LENGTH, randomBoundary } from "../../../src/mime/multipart/boundary.ts";

describe("randomBoundary()", () => {
  it("is batch_ and 128 bits of plain token characters", () => {
    const boundary = randomBoundary();
    expect(boundary).toMatch(/^batch_[\da-f]{32}$/);
    expect(boundary).toHaveLength(BOUNDARY_LENGTH);
  });

  it("is never the same", () => {
    const boundaries = new Set(Array.from({ length: 10_000 }, randomBoundary));
    expect(boundaries.size).toBe(10_000);
  });
});
