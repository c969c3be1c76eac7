import type { Operation } from "../operation.ts";
import { kindOf } from "../check/kind.ts";
import { snapshotOf } from "./snapshot.ts";

/** Common to all copies of the package, as those of identity.ts are. */
const KEPT: unique symbol = Symbol.for("@rxbatch/rxbatch operation.keptValue");

/** What the body of an operation is made of, where the text of the body does not say all of it. */
export class KeptValue {
  readonly #value: unknown;
  readonly #print: string;

  /** @throws {TypeError} when there is no JSON of the value, even if its BigInts are left aside */
  constructor(value: unknown) {
    this.#value = snapshotOf(value);
    const print = printOf(this.#value);
    if (print === undefined) {
      throw new TypeError(
        `Cannot keep a body as JSON must make something of it: current value is ${kindOf(value)}`,
      );
    }
    this.#print = print;
  }

  /**
   * The value as it was when the operation was made.
   *
   * @throws {TypeError} when what has a `toJSON` says something else by now
   */
  get(): unknown {
    if (printOf(this.#value) === this.#print) return this.#value;
    throw new TypeError(
      "Cannot write a body as what it holds must stay as it was when the operation was made: current value is another one",
    );
  }
}

/** Of a body that is sent as it came, whatever its Content-Type: there is no value to write. */
export const AS_IT_CAME = "as it came";

type Kept = KeptValue | typeof AS_IT_CAME;

/** All that JSON can say of a value, and its BigInts. */
function printOf(value: unknown): string | undefined {
  return JSON.stringify(
    value,
    (_, member: unknown) => typeof member === "bigint" ? `${member}n` : member,
  );
}

/** Notes it beside the body; where there is no text at all, `refused` makes the error of whoever reads that. */
export function keepValue(operation: Operation, kept: Kept, refused: () => Error): void {
  Object.defineProperty(operation, KEPT, { value: kept });
  if (operation.body !== undefined) return;
  Object.defineProperty(operation, "body", {
    enumerable: false,
    get(): never {
      throw refused();
    },
  });
}

/** What was noted; `undefined`: the text of the body says all. */
export function keptValueOf(operation: Operation): Kept | undefined {
  return (operation as { readonly [KEPT]?: Kept })[KEPT];
}
