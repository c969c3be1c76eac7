import { type BatchError, ClosedError, LimitError, OperationError } from "../operation/errors.ts";
import { nameOf } from "../operation/identity.ts";
import type { AtomicOperation, SentOperation } from "../operation/atomic.ts";
import type { Operation } from "../operation/operation.ts";
import { referenceIn } from "../operation/ref.ts";
import type { Settings } from "../options/settings.ts";
import type { BatchContext, EncodedOperation, Wire } from "../wire/wire.ts";
import type { Entry } from "./entry.ts";
import { type GroupRules, refusedGroup } from "./group_rules.ts";

/** Who gets in: nobody once it is closed or its signal has aborted, and no more than may wait. */
export class Gate {
  readonly #wire: Wire;
  readonly #settings: Settings;
  readonly #groups: GroupRules | undefined;
  isClosed = false;
  /** Held, queued or parked: what `maxQueued` counts. */
  waiting = 0;

  /** @param groups none where the wire carries no groups */
  constructor(wire: Wire, settings: Settings, groups?: GroupRules) {
    this.#wire = wire;
    this.#settings = settings;
    this.#groups = groups;
  }

  /** Counts the entry and finds out its context; an error when it cannot be sent at all. */
  admit(entry: Entry): BatchError | undefined {
    const { maxQueued, signal } = this.#settings;
    const { operation, built } = entry;
    this.waiting++;
    if (this.isClosed || signal?.aborted === true) return this.closedError(entry);
    if (this.waiting > maxQueued) {
      return new LimitError(
        `Cannot take in ${
          nameOf(operation)
        } as no more than maxQueued may wait: current value is ${maxQueued}`,
        { operation, limit: "maxQueued" },
      );
    }
    // Of a derived one there is nothing to see yet.
    return built === undefined ? undefined : this.place(entry, built);
  }

  /** Finds out the context of what is sent; an error when it cannot be. */
  place(entry: Entry, built: SentOperation): BatchError | undefined {
    try {
      entry.context = built.method === undefined
        ? this.#groupContextOf(built)
        : this.#contextOf(built);
    } catch (cause) {
      return refused(entry, cause);
    }
    return built.account === undefined ? undefined : this.#unopened(entry);
  }

  /**
   * What is written of it, with its octets known.
   *
   * @throws {OperationError} when it cannot be put into a batch
   */
  encode(entry: Entry): EncodedOperation {
    const built = entry.built!;
    const encoded = built.method === undefined
      ? this.#groups!.encode(built, entry.context!)
      : this.#wire.encodeOne(built, entry.context!);
    if (Number.isFinite(encoded?.bytes)) return encoded;
    throw new TypeError(
      "Cannot batch an operation as its wire must say how many octets it adds: current value is no number",
    );
  }

  #contextOf(operation: Operation): BatchContext {
    if (referenceIn(operation.url) !== undefined) throw looseReference(operation);
    const context = this.#wire.contextOf(operation);
    if (typeof context?.key === "string") return context;
    throw new TypeError(
      "Cannot batch an operation as its wire must name its lane: current value is no text",
    );
  }

  #groupContextOf(group: AtomicOperation): BatchContext {
    if (this.#groups !== undefined) return this.#groups.contextOf(group);
    const { name } = this.#wire;
    throw refusedGroup(group, "its service must know change sets", `a service of ${name}`);
  }

  /** An account that nobody is given would open nothing, and its operations would go with somebody else's token. */
  #unopened({ operation, context }: Entry): OperationError | undefined {
    const { headers, token } = this.#settings;
    if (
      typeof token === "function" || headers !== undefined || context!.authorization !== undefined
    ) return undefined;
    return new OperationError(
      `Cannot send ${
        nameOf(operation)
      } as its account needs a function in token or headers, which is given it, or an Authorization of its own: current value is ${
        token === undefined
          ? "no token"
          : typeof token === "string"
          ? "one token for all"
          : "a credential, which is told of none (ask it in a function)"
      }`,
      { operation },
    );
  }

  closedError({ operation, posts }: Entry, task: "take in" | "finish" = "take in"): ClosedError {
    const { signal } = this.#settings;
    const state = signal?.aborted === true ? "one whose signal has aborted" : "closed";
    return new ClosedError(
      `Cannot ${task} ${nameOf(operation)} as its batcher must be open: current value is ${state}`,
      { operation, attempts: posts, cause: signal?.aborted === true ? signal.reason : undefined },
    );
  }
}

/** An error that stopped one operation at the door. */
export function refused(entry: Entry, cause: unknown): BatchError {
  const { operation } = entry;
  if (cause instanceof OperationError && cause.operation === operation) return cause;
  const reason = cause instanceof OperationError
    ? cause.message
    : `Cannot send ${
      nameOf(operation)
    } as the wire must be able to encode it: current value is one that it threw for`;
  return new OperationError(reason, { operation, cause });
}

function looseReference(operation: Operation): OperationError {
  return new OperationError(
    `Cannot send ${
      nameOf(operation)
    } as a ref holds within its atomic group alone: current value is an operation by itself (use after to build it from an answer)`,
    { operation },
  );
}
