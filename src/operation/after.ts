import { OperationError } from "./errors.ts";
import { isAtomic, type SentOperation } from "./atomic.ts";
import { Identity, isOperation, keepAnswer, nameOf } from "./identity.ts";

import type { AnyOperation, BodyOf, DerivedOperation } from "./operation.ts";
import { checkNames } from "./check/init_names.ts";
import { kindOf } from "./check/kind.ts";
import type { KnownNames } from "./check/known_names.ts";
import { isPromise } from "./check/promise.ts";
import { refusedOperation as refused } from "./check/refused.ts";
import type { OperationResponse, ResponseOf, ResponsesOf } from "./response.ts";
import { checkedKey, checkedLabel, checkedOperations } from "./check/init.ts";

/** What a derived operation may be given besides its parents: its order is fixed when it is submitted. */
export interface AfterInit {
  /**
   * Runs only after each of these too has succeeded; their answers are not handed to `build`.
   *
   * @default none
   */
  readonly dependsOn?: readonly AnyOperation[] | undefined;
  /**
   * Operations with one key run one after another, in the order submitted.
   *
   * @default none
   */
  readonly orderingKey?: string | undefined;
  /**
   * A name that is safe to log: events, traces and errors carry it beside the operation's number.
   *
   * @default none
   */
  readonly label?: string | undefined;
}

const AFTER_NAMES: KnownNames<AfterInit> = { dependsOn: true, orderingKey: true, label: true };

/** As the pipeline calls it, which has no types of answers. */
type Build = (answers: never) => unknown;

/** Common to all copies of the package, as those of identity.ts are. */
const PARENT_COUNT: unique symbol = Symbol.for("@rxbatch/rxbatch operation.parentCount");
const BUILD: unique symbol = Symbol.for("@rxbatch/rxbatch operation.build");

/** Made by a call that is marked as pure: who derives nothing need not ship it. */
const AfterOperation = /* @__PURE__ */ (() =>
  class extends Identity implements DerivedOperation {
    declare readonly dependsOn: readonly AnyOperation[];
    declare readonly orderingKey: string | undefined;
    declare readonly label: string | undefined;
    /** How many answers `build` is given in a list; none: it is given the only one by itself. */
    readonly #listed: number;
    readonly #build: Build;

    constructor(given: AnyOperation | readonly AnyOperation[], build: Build, init: AfterInit) {
      super();
      const isOne = isOperation(given);
      const parents = isOne ? [given] : checkedParents(given);
      if (typeof build !== "function") {
        throw refused("derived", "build must be a function", kindOf(build));
      }
      checkNames("derived", init, AFTER_NAMES);
      this.#listed = isOne ? 0 : parents.length;
      this.#build = build;
      this.dependsOn = init.dependsOn === undefined
        ? Object.freeze(parents)
        : Object.freeze([...parents, ...checkedOperations("derived", init.dependsOn)]);
      this.orderingKey = checkedKey("derived", init.orderingKey);
      this.label = checkedLabel("derived", init.label);
      for (const parent of parents) keepAnswer(parent);
      Object.freeze(this);
    }

    get [PARENT_COUNT](): number {
      return this.#listed || 1;
    }

    [BUILD](answers: readonly OperationResponse[]): SentOperation {
      let built: unknown;
      try {
        built = this.#build((this.#listed === 0 ? answers[0] : answers) as never);
      } catch (cause) {
        throw notBuilt(this, "must return an operation", "one that threw", cause);
      }
      return checkedBuild(this, built);
    }
  })();

type AfterOperation = InstanceType<typeof AfterOperation>;

/** How many of the first in its `dependsOn` an operation is built from: none, unless it was made by {@link after}. */
export function parentCountOf(operation: AnyOperation): number {
  return (operation as Partial<AfterOperation>)[PARENT_COUNT] ?? 0;
}

/**
 * What is sent for a derived operation.
 *
 * @param operation made by {@link after}
 * @param answers of its parents, in their order
 * @throws {OperationError} when its `build` throws, or returns what cannot be sent in its place
 */
export function builtFrom(
  operation: DerivedOperation,
  answers: readonly OperationResponse[],
): SentOperation {
  return (operation as AfterOperation)[BUILD](answers);
}

/** What may be sent in its place: at once, and with no order of its own. */
function checkedBuild(operation: DerivedOperation, built: unknown): SentOperation {
  if (isOperation(built) && (built.method !== undefined || isAtomic(built))) {
    if (built.dependsOn.length === 0 && built.orderingKey === undefined) return built;
    throw notBuilt(
      operation,
      "must return an operation without dependsOn and orderingKey",
      "one with an order of its own (give it to after)",
    );
  }
  if (isOperation(built)) {
    throw notBuilt(
      operation,
      "must return what can be sent",
      "one that returned a derived operation",
    );
  }
  if (!isPromise(built)) {
    throw notBuilt(operation, "must return an operation", `one that returned ${kindOf(built)}`);
  }
  built.then(undefined, () => {});
  throw notBuilt(operation, "must return an operation at once", "one that returned a promise");
}

function notBuilt(
  operation: DerivedOperation,
  rule: string,
  value: string,
  cause?: unknown,
): OperationError {
  return new OperationError(
    `Cannot send ${nameOf(operation)} as its build ${rule}: current value is ${value}`,
    { operation, cause },
  );
}

function checkedParents(parents: unknown): readonly AnyOperation[] {
  // A hole in an array is undefined in its copy; `every` passes it over.
  const copy: readonly unknown[] = Array.isArray(parents) ? [...parents] : [];
  if (copy.length > 0 && copy.every(isOperation)) return copy;
  throw refused(
    "derived",
    "its parents must be operations made by get, post, after and their kin",
    !Array.isArray(parents)
      ? kindOf(parents)
      : parents.length === 0
      ? "an array with nothing in it"
      : "an array with something else in it",
  );
}

/**
 * Makes an operation that needs answers first: it is built from what its parents got, once all of them have succeeded.
 *
 * Send its parents too: it waits for the latest submission of each, in whatever mailbox that is, and fails with
 * `DependencyError` when one of them fails or is left. It is built once for each time it is submitted, and never for one
 * that was left meanwhile; attempts after the first send what was built. A parent's answer is kept from when something
 * is first derived from it, so derive before the parent has its answer; afterwards, use the answer itself.
 *
 * @param parent whose answer it needs
 * @param build makes what is sent: an operation without `dependsOn` and `orderingKey`, at once, not as a promise
 * @param init what else it waits for, and a label
 * @returns the operation, typed by what is built; nothing is sent yet
 * @throws {OperationError} when a parent, `init` or a member of it is malformed
 * @throws {TypeError} when `init` has a name that nobody reads
 *
 * @example
 * ```ts
 * import { after, createOutlookBatcher, fetchTransport, post, toPromise, uri } from "@rxbatch/rxbatch";
 * import { fakeOutlook } from "@rxbatch/rxbatch/testing";
 *
 * const outlook = fakeOutlook();
 * const batcher = createOutlookBatcher({
 *   token: outlook.token,
 *   transport: fetchTransport(outlook.fetch),
 * });
 * const draft = post<{ Id: string }>("messages", {
 *   Subject: "Lunch?",
 *   ToRecipients: [{ EmailAddress: { Address: "rufus@contoso.com" } }],
 * });
 * const sent = after(draft, ({ body }) => post(uri`messages/${body.Id}/send`));
 * const [, { status }] = await Promise.all([toPromise(batcher, draft), toPromise(batcher, sent)]);
 * console.log(status, outlook.posts); // 202 2
 * ```
 */
export function after<P extends AnyOperation, O extends AnyOperation>(
  parent: P,
  build: (response: ResponseOf<P>) => O,
  init?: AfterInit,
): DerivedOperation<BodyOf<O>>;
/**
 * Makes an operation that needs several answers first: it is built from all of them, once all have succeeded.
 *
 * @param parents whose answers it needs, at least one
 * @param build makes what is sent out of the answers, in the order of the parents
 * @param init what else it waits for, and a label
 * @returns the operation, typed by what is built; nothing is sent yet
 * @throws {OperationError} when a parent, `init` or a member of it is malformed
 * @throws {TypeError} when `init` has a name that nobody reads
 */
export function after<const P extends readonly AnyOperation[], O extends AnyOperation>(
  parents: P,
  build: (responses: ResponsesOf<P>) => O,
  init?: AfterInit,
): DerivedOperation<BodyOf<O>>;
export function after(
  parents: AnyOperation | readonly AnyOperation[],
  build: Build,
  init: AfterInit = {},
): DerivedOperation {
  return new AfterOperation(parents, build, init);
}
