import { describe, expect, it } from "vitest";
import { nearLimitMs } from "../../src/wire/near_limit.ts";

describe("a limit that is near", () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ "x-ms-throttle-limit-percentage": "0.5" }, undefined],
    [{ "x-ms-throttle-limit-percentage": "odd" }, undefined],
    [{ "x-ms-throttle-limit-percentage": "0.8" }, 500],
    [{ "x-ms-throttle-limit-percentage": "1.8" }, 5500],
    [{ "ratelimit-remaining": "100", "ratelimit-reset": "30" }, undefined],
    [{ "ratelimit-remaining": "20", "ratelimit-reset": "30" }, 30_000],
    [{ "ratelimit-remaining": "0", "ratelimit-reset": "7" }, 7000],
    [
      { "ratelimit-limit": "1000", "ratelimit-remaining": "300", "ratelimit-reset": "30" },
      undefined,
    ],
    [{ "ratelimit-limit": "1000", "ratelimit-remaining": "200", "ratelimit-reset": "30" }, 3000],
    [{ "ratelimit-remaining": "5" }, undefined],
    [{ "ratelimit": "limit=100, remaining=10, reset=5" }, 5000],
    [{ "ratelimit": '"default";r=10;t=5' }, 5000],
    [{ "ratelimit": '"default";r=90;t=5' }, undefined],
    [{ "ratelimit-remaining": "0", "ratelimit-reset": "999999" }, 3_600_000],
  ])("%j waits %j ms", (headers, waitMs) => {
    const wait = nearLimitMs(headers);
    if (waitMs === undefined) expect(wait).toBeUndefined();
    else expect(wait).toBeCloseTo(waitMs, 6);
  });
});
