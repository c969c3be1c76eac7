import fc from "fast-check";
import { afterEach, describe, it, vi } from "vitest";
import { fuzz } from "../support/fuzz.ts";
import { Random } from "../support/random.ts";
import { plans } from "./plan.ts";
import { World } from "./world.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("whatever the program, the server, the network and the clock do", () => {
  it("settles once, carries nothing out twice, keeps the order and leaves nothing behind", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const random = new Random(plan.seed + 2);
        vi.spyOn(Math, "random").mockImplementation(() => random.next());
        try {
          new World(plan).run();
        } finally {
          vi.restoreAllMocks();
        }
      }),
      fuzz(400),
    );
  }, 3_600_000);
});
