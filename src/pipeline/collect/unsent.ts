import {
  type BatchError,
  DependencyError,
  NotExecutedError,
  OperationError,
} from "../../operation/errors.ts";
import { nameOf } from "../../operation/identity.ts";
import type { AnyOperation } from "../../operation/operation.ts";
import type { Entry, Submission } from "../entry.ts";

/** What it depends on was never submitted. */
export function neverSubmitted({ operation }: Entry, need: AnyOperation): OperationError {
  return new OperationError(
    `Cannot send ${
      nameOf(operation)
    } as each operation in dependsOn must have been submitted before: current value is ${
      nameOf(need)
    }`,
    { operation },
  );
}

/** What it is built from is gone. */
export function notKept({ operation }: Entry, parent: AnyOperation): OperationError {
  return new OperationError(
    `Cannot build ${nameOf(operation)} as ${
      nameOf(parent)
    } must get its answer after something is derived from it: current value is an answer that was not kept (make it earlier, or use the response)`,
    { operation },
  );
}

/** Why an entry is never sent, or never again: then it may have run (design rule 9). */
export function dependencyError(entry: Entry, need: Submission): BatchError {
  const fate = need.error === undefined
    ? "that was left by its subscriber"
    : `that failed with ${need.error._tag}`;
  const { operation } = entry;
  if (entry.mayHaveRun) {
    return new NotExecutedError(
      `Cannot tell whether ${
        nameOf(operation)
      } ran as each operation in dependsOn must succeed before it goes again: current value is one ${fate}`,
      { operation, attempts: entry.posts, cause: need.error, certain: false },
    );
  }
  return new DependencyError(
    `Cannot ${entry.posts === 0 ? "send" : "complete"} ${
      nameOf(operation)
    } as each operation in dependsOn must succeed: current value is one ${fate}`,
    { operation, attempts: entry.posts, cause: need.error },
  );
}
