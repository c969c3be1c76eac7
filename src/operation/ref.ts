import { kindOf } from "./check/kind.ts";
import { OperationError } from "./errors.ts";
import { isOperation } from "./identity.ts";
import type { Operation } from "./operation.ts";

/** `$`, the id of an operation, and what may follow in a URL (OData 4.01 Protocol §11.7.4). */
const REFERENCE = /^\/?\$(\d{1,16})(?=[/?(]|$)/;

/**
 * What stands for the answer of a member that precedes in the same group: `$` and its id, for the URL of a later one, and
 * for its body where the service resolves it there.
 *
 * A reference holds within its group alone; outside of one, `after()` makes an operation from an answer.
 *
 * @param operation a member of the same {@link atomic} group, before the one that refers to it
 * @returns the reference, for example `$42`
 * @throws {OperationError} when it is no operation that is sent by itself
 *
 * @example
 * ```ts
 * import { atomic, post, ref } from "@rxbatch/rxbatch";
 *
 * const customer = post("Customers", { Name: "Contoso" });
 * const order = post(`${ref(customer)}/Orders`, { Product: "Bread" });
 * console.log(order.url === `$${customer.id}/Orders`); // true
 * const both = atomic([customer, order]);
 * ```
 */
export function ref(operation: Operation): string {
  if (!isOperation(operation) || operation.method === undefined) {
    throw new OperationError(
      `Cannot refer to an answer as it must be that of an operation made by post, put and their kin: current value is ${
        isOperation(operation) ? "one that is made of others" : kindOf(operation)
      }`,
    );
  }
  return `$${operation.id}`;
}

/** The id of the operation to whose answer a URL refers, if it does. */
export function referenceIn(url: string): number | undefined {
  // Nearly no URL has one, and every operation is asked.
  if (!url.startsWith("$") && !url.startsWith("/$")) return undefined;
  const id = REFERENCE.exec(url)?.[1];
  return id === undefined ? undefined : Number(id);
}
