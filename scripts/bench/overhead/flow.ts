import { setImmediate } from "node:timers/promises";
import { from, type OperatorFunction, Subject } from "rxjs";
import type { Operation } from "../../../mod.ts";

/** How many operations come with each turn of the event loop in steady flow. */
export const OPERATIONS_PER_TURN = 100;

/** How operations come: all in one burst, or so many each turn. */
export type Flow = "burst" | "steady";

/** Sends all operations, and says how many were answered. */
export type Run = (operations: readonly Operation[], flow: Flow) => Promise<number>;

/** Sends one operation, and calls back when it is answered. */
type Take = (operation: Operation, answered: () => void) => void;

/** Hands the operations over one by one. */
export function oneByOne(
  operations: readonly Operation[],
  flow: Flow,
  take: Take,
  end?: () => void,
): Promise<number> {
  return new Promise((resolve) => {
    let count = 0;
    const answered = () => {
      if (++count === operations.length) resolve(count);
    };
    if (flow === "burst") {
      for (const operation of operations) take(operation, answered);
      end?.();
    } else {
      void eachTurn(operations, (operation) => take(operation, answered)).then(end);
    }
  });
}

async function eachTurn(
  operations: readonly Operation[],
  take: (operation: Operation) => void,
): Promise<void> {
  for (let at = 0; at < operations.length; at++) {
    take(operations[at]!);
    if (at % OPERATIONS_PER_TURN === OPERATIONS_PER_TURN - 1) await setImmediate();
  }
}

/** A promise each, as users of loaders have it. */
export function promises(load: (operation: Operation) => Promise<unknown>): Run {
  return async (operations, flow) => {
    const loads: Promise<unknown>[] = [];
    const take = (operation: Operation) => void loads.push(load(operation));
    if (flow === "burst") operations.forEach(take);
    else await eachTurn(operations, take);
    return (await Promise.all(loads)).length;
  };
}

/** Through an operator, as users of RxJS have it. */
export function through(operator: OperatorFunction<Operation, unknown>): Run {
  return (operations, flow) =>
    new Promise((resolve, reject) => {
      let count = 0;
      const steady = new Subject<Operation>();
      const source = flow === "burst" ? from(operations) : steady;
      source.pipe(operator).subscribe({
        next: () => count++,
        error: reject,
        complete: () => resolve(count),
      });
      if (flow === "burst") return;
      void eachTurn(operations, (operation) => steady.next(operation))
        .then(() => steady.complete());
    });
}
