import { kindOf } from "../../operation/check/kind.ts";
import { OperationError } from "../../operation/errors.ts";
import type { Operation } from "../../operation/operation.ts";
import type { GraphOptions } from "./options.ts";

/**
 * The lane of an operation: the one that its URL leads to, unless the user has another in mind.
 *
 * @throws {OperationError} when `laneOf` names none
 */
export function laneFor(
  operation: Operation,
  lane: string,
  laneOf: GraphOptions["laneOf"],
): string {
  if (laneOf === undefined) return lane;
  const chosen: unknown = laneOf(operation, lane);
  if (typeof chosen === "string" && chosen !== "" && !chosen.includes("\n")) return chosen;
  throw new OperationError(
    `Cannot send a ${operation.method} operation as laneOf must name a lane in one line: current value is ${
      typeof chosen === "string" ? `a string of ${chosen.length} characters` : kindOf(chosen)
    }`,
    { operation },
  );
}
