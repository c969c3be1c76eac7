import fc from "fast-check";
import { afterEach, describe, it, vi } from "vitest";
import { fuzz } from "../support/fuzz.ts";
import { Random } from "../support/random.ts";
import { plans } from "./services/plan.ts";
import { ServicesWorld } from "./services/world.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("rule 22: before a server whose services pause by themselves, whatever goes wrong", () => {
  it(
    "settles each once, sends nothing of a service before its pause is over, and rests",
    async () => {
      await fc.assert(
        fc.asyncProperty(plans, async (plan) => {
          const random = new Random(plan.seed);
          vi.spyOn(Math, "random").mockImplementation(() => random.next());
          await new ServicesWorld(plan).run();
        }),
        fuzz(100),
      );
    },
    3_600_000,
  );
});
