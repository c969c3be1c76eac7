import type { AnyOperation } from "./operation.ts";

/**
 * Names that every copy of the package has in common: as ES module and as CommonJS, or in two versions, it may be loaded
 * twice in one process, and an operation of one is an operation of the other (design rule 25).
 */
const BRAND: unique symbol = Symbol.for("@rxbatch/rxbatch operation");
const LAST: unique symbol = Symbol.for("@rxbatch/rxbatch operation.last");
const KEEPS_ANSWER: unique symbol = Symbol.for("@rxbatch/rxbatch operation.keepsAnswer");
const ORIGINAL: unique symbol = Symbol.for("@rxbatch/rxbatch operation.original");
const COUNTER = Symbol.for("@rxbatch/rxbatch operation.counter");

interface Counter {
  count: number;
}

/** One for all copies, as events and `Content-ID` know operations by number alone. */
const counter: Counter = /* @__PURE__ */ sharedCounter();

function sharedCounter(): Counter {
  return (globalThis as { [COUNTER]?: Counter })[COUNTER] ??= { count: 0 };
}

/** What copies see of each other's operations. */
interface Shared {
  readonly [BRAND]: boolean;
  [LAST]: object | undefined;
  [KEEPS_ANSWER]: boolean;
  /** What a stand-in stands for. */
  readonly [ORIGINAL]?: AnyOperation;
}

/** What every operation has, whoever made it: a number of its own, and what pipelines note about it. */
export abstract class Identity {
  readonly id: number = ++counter.count;
  /** Private names stay writable when the object is frozen. */
  #last: object | undefined = undefined;
  #keepsAnswer = false;

  static {
    Object.defineProperties(this.prototype, {
      // Not so for an object that only inherits from an operation.
      [BRAND]: {
        get(this: Identity) {
          return #last in this;
        },
      },
      [LAST]: {
        get(this: Identity) {
          return this.#last;
        },
        set(this: Identity, submission: object | undefined) {
          this.#last = submission;
        },
      },
      [KEEPS_ANSWER]: {
        get(this: Identity) {
          return this.#keepsAnswer;
        },
        set(this: Identity, keepsAnswer: boolean) {
          this.#keepsAnswer = keepsAnswer;
        },
      },
    });
  }
}

/** Was this made by `get`, `post`, `after` and their kin, of this copy of the package or of another one? */
export function isOperation(value: unknown): value is AnyOperation {
  return typeof value === "object" && value !== null &&
    (value as Partial<Shared>)[BRAND] === true;
}

/** What was last kept for this operation with {@link keepSubmission}; a slot in the object is half the cost of a WeakMap. */
export function submissionOf(operation: AnyOperation): object | undefined {
  return (operation as AnyOperation & Shared)[LAST];
}

/** Keeps the latest submission of this operation. */
export function keepSubmission(operation: AnyOperation, submission: object | undefined): void {
  (operation as AnyOperation & Shared)[LAST] = submission;
}

/** Has something been derived from this operation? Then its answers are kept from now on (design rule 32). */
export function keepsAnswer(operation: AnyOperation): boolean {
  return (operation as AnyOperation & Shared)[KEEPS_ANSWER];
}

/** From now on this operation's answers are kept, for what is derived from it. */
export function keepAnswer(operation: AnyOperation): void {
  (operation as AnyOperation & Shared)[KEEPS_ANSWER] = true;
}

/**
 * A copy of an operation with other members, to send in its place: its number, and what pipelines note about it, are those
 * of the operation, so that order, events and messages know no difference.
 */
export function standInFor<O extends AnyOperation>(operation: O, members: Partial<O>): O {
  const shared = operation as O & Shared;
  return Object.freeze(Object.create(Object.getPrototypeOf(operation), {
    ...Object.getOwnPropertyDescriptors(operation),
    ...Object.getOwnPropertyDescriptors(members),
    [BRAND]: { value: true },
    [ORIGINAL]: { value: originalOf(operation) },
    [LAST]: {
      get: () => shared[LAST],
      set: (submission: object | undefined) => shared[LAST] = submission,
    },
    [KEEPS_ANSWER]: {
      get: () => shared[KEEPS_ANSWER],
      set: (keepsAnswer: boolean) => shared[KEEPS_ANSWER] = keepsAnswer,
    },
  }));
}

/** The operation that its caller knows: what a stand-in stands for, or itself. */
export function originalOf<O extends AnyOperation>(operation: O): O {
  return ((operation as O & Shared)[ORIGINAL] as O | undefined) ?? operation;
}

/** What messages call an operation: its number, and its label if it has one. */
export function nameOf({ id, label }: AnyOperation): string {
  return label === undefined ? `operation ${id}` : `operation ${id} (${label})`;
}
