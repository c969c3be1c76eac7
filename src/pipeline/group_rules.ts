import type { AtomicOperation } from "../operation/atomic.ts";
import { OperationError } from "../operation/errors.ts";
import { nameOf } from "../operation/identity.ts";
import type { Settings } from "../options/settings.ts";
import type { BatchContext, EncodedOperation, Wire } from "../wire/wire.ts";

/** What a group must be to go as one operation (design rule 31). */
export class GroupRules {
  readonly #wire: Wire;
  readonly #settings: Settings;

  constructor(wire: Wire, settings: Settings) {
    this.#wire = wire;
    this.#settings = settings;
  }

  /**
   * The one context of all its members.
   *
   * @throws {OperationError} when they have several, or are too many
   */
  contextOf(group: AtomicOperation): BatchContext {
    const { members } = group;
    const { maxBatchSize } = this.#settings;
    this.#checkSize(group, maxBatchSize);
    const contexts = members.map((member) => this.#wire.contextOf(member));
    const context = contexts[0]!;
    if (contexts.some(({ key }) => key !== context.key)) {
      throw refusedGroup(group, "its members must be of one context", "a group of several");
    }
    this.#checkSize(group, Math.min(context.maxBatchSize ?? maxBatchSize, maxBatchSize));
    this.#checkSize(group, this.#settings.pace?.operations ?? Infinity, "pace.operations");
    return context;
  }

  #checkSize(group: AtomicOperation, limit: number, name = "maxBatchSize"): void {
    const { length } = group.members;
    if (length <= limit) return;
    const rule = `a group must hold no more than ${name} (${limit})`;
    throw refusedGroup(group, rule, `one of ${length}`);
  }

  /**
   * What is written of it.
   *
   * @throws {OperationError} when a member cannot be put into a batch, or all of them are too large for one
   */
  encode(group: AtomicOperation, context: BatchContext): EncodedOperation {
    const { maxBatchBytes } = this.#settings;
    const encoded = this.#wire.encodeGroup!(group, context);
    if (encoded.bytes <= maxBatchBytes) return encoded;
    const rule = `a group must be no larger than maxBatchBytes (${maxBatchBytes})`;
    throw refusedGroup(group, rule, `one of ${encoded.bytes} bytes`);
  }
}

/** A group that cannot be sent. */
export function refusedGroup(
  operation: AtomicOperation,
  rule: string,
  value: string,
): OperationError {
  return new OperationError(
    `Cannot send ${nameOf(operation)} as ${rule}: current value is ${value}`,
    { operation },
  );
}
