import { Schema } from "effect";
import { type AnyOperation, atomic, type SentOperation } from "../../../mod.ts";
import { membersOf } from "../../operation/atomic.ts";
import { callOf, operationOf, WireCall } from "./call.ts";
import { withReferences } from "./references.ts";

/** One operation as it stands in a message. */
export const WireOperation: Schema.Codec<WireOperation> = Schema.Struct({
  key: Schema.String,
  isKept: Schema.optionalKey(Schema.Boolean),
  orderingKey: Schema.optionalKey(Schema.String),
  label: Schema.optionalKey(Schema.String),
  isGroup: Schema.optionalKey(Schema.Boolean),
  calls: Schema.Array(WireCall),
});

/** One operation as it stands in a message. */
export interface WireOperation {
  /** By which the journal knows it, and a second call of it. */
  readonly key: string;
  /** The key is the caller's own, so it may come again in another message. */
  readonly isKept?: boolean;
  readonly orderingKey?: string;
  /** What a group is called. */
  readonly label?: string;
  /** It is an atomic group of all its calls. */
  readonly isGroup?: boolean;
  readonly calls: readonly WireCall[];
}

/** What one message to a mailbox asks for. */
export const WireRequest: Schema.Codec<WireRequest> = Schema.Struct({
  isChain: Schema.optionalKey(Schema.Boolean),
  operations: Schema.Array(WireOperation),
});

/** What one message to a mailbox asks for. */
export interface WireRequest {
  /** Each of its operations depends on the one before it. */
  readonly isChain?: boolean;
  readonly operations: readonly WireOperation[];
}

/** The name that an operation has in the journal. */
export interface OperationKey {
  readonly key: string;
  readonly isKept: boolean;
}

/** An operation as it goes into a message. */
export function wireOperationOf(sent: SentOperation, { key, isKept }: OperationKey): WireOperation {
  const isGroup = sent.method === undefined;
  const { orderingKey, label } = sent;
  return {
    key,
    ...(isKept ? { isKept } : {}),
    ...(orderingKey === undefined ? {} : { orderingKey }),
    ...(isGroup ? { isGroup } : {}),
    ...(isGroup && label !== undefined ? { label } : {}),
    calls: membersOf(sent).map(callOf),
  };
}

/**
 * The operation that a message asks for, on the runner.
 *
 * @throws {OperationError} when it is malformed
 */
export function sentOperationOf(
  { calls, isGroup, label, orderingKey }: WireOperation,
  dependsOn: readonly AnyOperation[],
): SentOperation {
  if (isGroup !== true) return operationOf(calls[0]!, { orderingKey, dependsOn });
  const idOf = new Map<number, number>();
  const members = calls.map((call) => {
    const member = operationOf(withReferences(call, idOf));
    idOf.set(call.id, member.id);
    return member;
  });
  return atomic(members, { dependsOn, orderingKey, label });
}
