import { describe, expect, it } from "vitest";
import { isError } from "../../../../src/pipeline/answer/match/place.ts";
import type { Part } from "../../../../src/wire/wire.ts";

const part = (status: number, members?: readonly Part[]): Part => ({
  index: undefined,
  members,
  status,
  headers: {},
  readBody: () => undefined,
});

describe("rule 18: an inner status of 400 and more is an error", () => {
  it.each([[200, false], [399, false], [400, true], [599, true]])(
    "%i: %s, also of a member",
    (status, expected) => {
      expect(isError(part(status))).toBe(expected);
      expect(isError(part(0, [part(201), part(status)]))).toBe(expected);
    },
  );
});
