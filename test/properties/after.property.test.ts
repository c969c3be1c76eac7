import fc from "fast-check";
import { afterEach, describe, it, vi } from "vitest";
import { fuzz } from "../support/fuzz.ts";
import { Random } from "../support/random.ts";
import { jobs } from "./jobs/plan.ts";
import { WIRES } from "./jobs/wires.ts";
import { JobWorld } from "./jobs/world.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(Object.entries(WIRES))("rule 32: a job over %s, whatever goes wrong", (_, wire) => {
  it(
    "settles each once, runs no write twice, keeps the order, builds once and for nobody who left",
    async () => {
      await fc.assert(
        fc.asyncProperty(jobs, async (plan) => {
          const random = new Random(plan.seed);
          vi.spyOn(Math, "random").mockImplementation(() => random.next());
          await new JobWorld(plan, wire).run();
        }),
        fuzz(60),
      );
    },
    3_600_000,
  );
});
