import { describe, expect, it } from "vitest";
import { retryAfterMs } from "../../../../src/pipeline/answer/again/retry_after.ts";

const DATE = "Fri, 27 Nov 2026 00:00:00 GMT";
const read = (text: string) => retryAfterMs({ "retry-after": text, date: DATE }, 0);

describe("rule 22: what a Retry-After says", () => {
  it.each([
    ["2.128", 2_128],
    [".5", 500],
    ["0", 0],
    ["99999999999", 3_600_000],
    ["Fri, 27 Nov 2026 00:02:00 GMT", 120_000],
    ["Friday, 27-Nov-26 00:02:00 GMT", 120_000],
    ["Fri Nov 27 00:02:00 2026", 120_000],
    ["2026-11-27T02:02:00+02:00", 120_000],
    ["Thu, 26 Nov 2026 00:00:00 GMT", 0],
  ])("%s", (text, ms) => {
    expect(read(text)).toBe(ms);
  });

  it.each([
    ["120, 60", 120_000],
    ["60,", 60_000],
    [", 60", 60_000],
    ["30, Fri, 27 Nov 2026 00:02:00 GMT", 120_000],
    ["Fri, 27 Nov 2026 00:02:00 GMT, 150", 150_000],
    ["Fri, 27 Nov 2026 00:02:00 GMT, Fri, 27 Nov 2026 00:01:00 GMT", 120_000],
    ["Friday, 27-Nov-26 00:01:00 GMT,Fri, 27 Nov 2026 00:02:00 GMT", 120_000],
    ["Fri Nov 27 00:02:00 2026, 5", 120_000],
    ["2026-11-27T00:01:00Z, 2026-11-27T00:02:00Z", 120_000],
  ])("of several that came as one the longest: %s", (text, ms) => {
    expect(read(text)).toBe(ms);
  });

  it.each(["", ",", "-5", "1e3", "120s", "1 2", "soon", "1, soon"])("nothing: %s", (text) => {
    expect(read(text)).toBeUndefined();
  });
});
