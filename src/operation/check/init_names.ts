import type { Method, OperationInit } from "../operation.ts";
import { kindOf } from "./kind.ts";
import { type KnownNames, unknownName } from "./known_names.ts";
import { type Made, operationOf, refusedOperation as refused } from "./refused.ts";

/** What `get`, `post` and their kin are given. */
const INIT_NAMES: KnownNames<OperationInit> = {
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
 * What `get`, `post` and their kin are given, once it is known that all of it is read.
 *
 * @throws {OperationError} when it is no object, but a promise of one, say
 * @throws {TypeError} that names the nearest known name
 */
export function checkedInit<Init extends OperationInit>(method: Method, init: Init): Init {
  checkNames(method, init, INIT_NAMES);
  return init;
}

/**
 * A name that nobody reads is a TypeError, as an unknown option is: `dependOn` would be an order that is not kept.
 *
 * @throws {OperationError} when the init is no object, but a promise of one, say
 * @throws {TypeError} that names the nearest known one
 */
export function checkNames(
  made: Made,
  init: object,
  known: Readonly<Record<string, true>>,
): void {
  if (Object.prototype.toString.call(init) !== "[object Object]") {
    throw refused(made, "its init must be an object", kindOf(init));
  }
  const value = unknownName(init, known);
  if (value === undefined) return;
  throw new TypeError(
    `Cannot make ${
      operationOf(made)
    } as every name of its init must be a known one: current value is ${value}`,
  );
}
