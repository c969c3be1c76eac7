import type { OperationInit } from "../operation.ts";
import { type KnownNames, unknownName } from "./known_names.ts";
import { type Made, operationOf } from "./refused.ts";

/** What `get`, `post` and their kin are given. */
export const INIT_NAMES: KnownNames<OperationInit> = {
  headers: true,
  schema: true,
  bodySchema: true,
  read: true,
  dependsOn: true,
  orderingKey: true,
  context: true,
  idempotent: true,
  account: true,
  retry: true,
  okStatuses: true,
  label: true,
};

/**
 * A name that nobody reads is a TypeError, as an unknown option is: `dependOn` would be an order that is not kept.
 *
 * @throws {TypeError} that names the nearest known one
 */
export function checkNames(
  made: Made,
  init: object,
  known: Readonly<Record<string, true>>,
): void {
  const value = unknownName(init, known);
  if (value === undefined) return;
  throw new TypeError(
    `Cannot make ${
      operationOf(made)
    } as every name of its init must be a known one: current value is ${value}`,
  );
}
