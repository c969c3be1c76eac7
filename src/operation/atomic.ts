import { checkedKey, checkedLabel, checkedOperations } from "./check/init.ts";
import { checkNames } from "./check/init_names.ts";
import { kindOf } from "./check/kind.ts";
import type { KnownNames } from "./check/known_names.ts";
import { refusedOperation as refused } from "./check/refused.ts";
import { Identity, isOperation } from "./identity.ts";
import { type AnyOperation, type DerivedOperation, isSafe, type Operation } from "./operation.ts";
import { referenceIn } from "./ref.ts";
import type { ResponsesOf } from "./response.ts";

/** Operations of which the server carries out all or none: one operation, whose body is the tuple of their responses. */
export interface AtomicOperation<
  out O extends readonly Operation[] = readonly Operation[],
> extends DerivedOperation<ResponsesOf<O>> {
  /** In the order in which they are written; none of them is ever submitted by itself. */
  readonly members: O;
  /** Whose token opens it: that of each of its members. */
  readonly account: string | undefined;
  /** `false` when a member must never be sent again: then none of them is. */
  readonly retry: false | undefined;
}

/** What is sent: an operation by itself, or a group as a whole. */
export type SentOperation = Operation | AtomicOperation;

/** What a group may be given besides its members: its order is that of one operation. */
export interface AtomicInit {
  /**
   * Runs only after each of these has succeeded.
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

const ATOMIC_NAMES: KnownNames<AtomicInit> = { dependsOn: true, orderingKey: true, label: true };

class GroupOperation<O extends readonly Operation[]> extends Identity
  implements AtomicOperation<O> {
  declare readonly members: O;
  declare readonly account: string | undefined;
  declare readonly retry: false | undefined;
  declare readonly dependsOn: readonly AnyOperation[];
  declare readonly orderingKey: string | undefined;
  declare readonly label: string | undefined;

  constructor(members: O, init: AtomicInit) {
    super();
    this.members = checkedMembers(members);
    this.account = this.members[0]!.account;
    this.retry = this.members.some(({ retry }) => retry === false) ? false : undefined;
    checkNames("atomic", init, ATOMIC_NAMES);
    this.dependsOn = checkedOperations("atomic", init.dependsOn);
    this.orderingKey = checkedKey("atomic", init.orderingKey);
    this.label = checkedLabel("atomic", init.label);
    Object.freeze(this);
  }
}

/**
 * Makes one operation out of several that the server carries out all together or not at all: a change set in multipart,
 * an `atomicityGroup` in JSON (OData 4.01 Protocol §11.7.7.1, JSON Format §19.1).
 *
 * It is sent whole, in one POST, or not at all, and counts its members against `maxBatchSize`. Its body is the tuple of
 * their responses. When one fails, the group fails with that error, and `members` of the error tells what became of each.
 * Only services of OData know groups; Graph and Outlook are known to ignore them, so those wires refuse one.
 *
 * @param operations at least one; no reads, none with an order of its own, all of one service and one account
 * @param init what the group waits for, and a label
 * @returns the operation, typed by its members; nothing is sent yet
 * @throws {OperationError} when a member reads, has an order of its own, stands there twice, or refers to nothing;
 * or when `init` or a member of it is malformed
 * @throws {TypeError} when `init` has a name that nobody reads
 *
 * @example
 * ```ts
 * import { atomic, post, ref } from "@rxbatch/rxbatch";
 *
 * const customer = post("Customers", { Name: "Contoso" });
 * const order = post(`${ref(customer)}/Orders`, { Product: "Bread" });
 * const both = atomic([customer, order]); // neither, if one of them fails
 * ```
 */
export function atomic<const O extends readonly Operation[]>(
  operations: O,
  init: AtomicInit = {},
): AtomicOperation<O> {
  return new GroupOperation(operations, init);
}

/** Was this made by {@link atomic}? */
export function isAtomic(operation: AnyOperation): operation is AtomicOperation {
  return "members" in operation;
}

/** All that is sent with it: the members of a group, or the operation by itself. */
export function membersOf(sent: SentOperation): readonly Operation[] {
  return sent.method === undefined ? sent.members : [sent];
}

function checkedMembers<O extends readonly Operation[]>(members: O): O {
  if (!Array.isArray(members) || members.length === 0) {
    throw refused(
      "atomic",
      "its members must be operations made by post, put and their kin",
      Array.isArray(members) ? "an array with nothing in it" : kindOf(members),
    );
  }
  const before = new Set<number>();
  for (const member of members as readonly unknown[]) {
    checkMember(member, before);
    before.add((member as Operation).id);
  }
  const { account } = members[0];
  if (members.some((member: Operation) => member.account !== account)) {
    throw refused("atomic", "its members must be of one account", "a group of several");
  }
  return Object.freeze([...members]) as readonly Operation[] as O;
}

function checkMember(member: unknown, before: ReadonlySet<number>): void {
  if (!isOperation(member) || member.method === undefined) {
    throw refused(
      "atomic",
      "its members must be operations made by post, put and their kin",
      isOperation(member) ? "one that is made of others" : kindOf(member),
    );
  }
  if (isSafe(member)) {
    throw refused("atomic", "a change set must hold no reads", `a ${member.method}`);
  }
  if (member.dependsOn.length > 0 || member.orderingKey !== undefined) {
    throw refused(
      "atomic",
      "a member must have no order of its own (give it to the group)",
      "one with dependsOn or an orderingKey",
    );
  }
  if (before.has(member.id)) {
    throw refused("atomic", "an operation must be a member once", "one that stands there twice");
  }
  const target = referenceIn(member.url);
  if (target !== undefined && !before.has(target)) {
    throw refused(
      "atomic",
      "a ref must be to a member before it",
      `one to operation ${target}, which is none`,
    );
  }
}
