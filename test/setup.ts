import { beforeEach, expect } from "vitest";
import { Random } from "./support/random.ts";

// What is drawn by Math.random (each backoff is) is drawn from the name of the test: one that has passed passes again.
beforeEach(() => {
  const { testPath, currentTestName } = expect.getState();
  let seed = 0;
  for (const letter of `${testPath?.split("/test/").at(-1)} ${currentTestName}`) {
    seed = (Math.imul(seed, 31) + letter.codePointAt(0)!) >>> 0;
  }
  const random = new Random(seed);
  Math.random = () => random.next();
});
