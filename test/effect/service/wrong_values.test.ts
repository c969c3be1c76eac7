import { Cause, Effect, Exit, type Scope } from "effect";
import { describe, expect, it } from "vitest";
import { createGraphBatcher, createOutlookBatcher } from "../../../mod.ts";
import { makeBatchService } from "../../../src/effect.ts";
import { refusalOf } from "../../options/given_to_each.ts";

/** What a door refuses is a defect. */
function made(service: Effect.Effect<unknown, never, Scope.Scope>): void {
  const exit = Effect.runSyncExit(Effect.scoped(Effect.asVoid(service)));
  if (Exit.isFailure(exit)) throw Cause.squash(exit.cause);
}

describe.each<[string, (options: never) => void]>([
  ["Outlook", (options) => made(makeBatchService(createOutlookBatcher, options))],
  ["Graph", (options) => made(makeBatchService(createGraphBatcher, options))],
])("the options of a service of %s", (_name, door) => {
  it.each([["null", null], ["an array", []], ["a number", 5], ["a Promise", Promise.resolve({})]])(
    "are not %s",
    (kind, given) => {
      expect(refusalOf(() => door(given as never))).toMatch(
        new RegExp(`current value is ${kind}$`),
      );
    },
  );

  it.each([
    ["baseUrl", null],
    ["transport", null],
    ["transport", {}],
    ["maxWaitMs", null],
    ["retry", []],
    ["token", null],
    ["zz", 1],
  ])("%s is not %j", (option, value) => {
    expect(refusalOf(() => door({ [option]: value } as never))).toContain(option);
  });
});
