import { expect, it } from "vitest";
import { fakeGraph } from "../../../src/testing.ts";
import { fleetOf } from "../support.ts";

it("mailbox() of a fleet's batcher may be handed on, as all its other methods", async () => {
  const { mailbox, close } = fleetOf(fakeGraph());
  expect(await mailbox("me").look()).toBeDefined();
  await close();
});
