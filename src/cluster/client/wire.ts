import {
  type AtomicOperation,
  type BatchContext,
  type BatchRequest,
  type BatchShape,
  type Decoder,
  type EncodedOperation,
  type Operation,
  OperationError,
  type ResponseHead,
  type SentOperation,
  type Wire,
} from "../../../mod.ts";
import { nameOf } from "../../operation/identity.ts";
import { wireOperationOf } from "../message/request.ts";
import { AnswerDecoder, type Told } from "./decoder.ts";
import type { Keys } from "./keys.ts";

/** What stands on the request beside the body: whose mailbox it is for. */
export const MAILBOX = "mailbox";
/** A database keeps the name of a mailbox in a column of that width. */
const MAX_NAME_LENGTH = 255;
/** What a message has beyond its operations. */
const FRAME_BYTES = 40;

const encoder = /* @__PURE__ */ new TextEncoder();

/** An operation in the form of a message. */
class Item implements EncodedOperation {
  readonly operation: SentOperation;
  readonly text: string;
  readonly bytes: number;

  constructor(operation: SentOperation, text: string) {
    this.operation = operation;
    this.text = text;
    this.bytes = text.length;
  }
}

/** The dialect of messages: to the pipeline of a client, a mailbox is a server and a message is a batch. */
export class MailboxWire implements Wire {
  readonly name = "cluster";
  readonly maxBatchSize: number = 10_000;
  readonly frameBytes: number = FRAME_BYTES;
  readonly order = "native";
  readonly #lanes: Pick<Wire, "contextOf">;
  readonly #keys: Keys;
  readonly #told: Told;

  constructor(parts: { lanes: Pick<Wire, "contextOf">; keys: Keys; told: Told }) {
    this.#lanes = parts.lanes;
    this.#keys = parts.keys;
    this.#told = parts.told;
  }

  contextOf(operation: Operation): BatchContext {
    const { key, name, authorization } = this.#lanes.contextOf(operation);
    if (authorization === undefined) return { key, name, url: "cluster:mailbox" };
    throw new OperationError(
      `Cannot send ${
        nameOf(operation)
      } through a cluster as tokens live on runners and are never stored: current value is one with an Authorization of its own (give it an account)`,
      { operation },
    );
  }

  encodeOne(operation: Operation, context: BatchContext): EncodedOperation {
    return this.#item(operation, context);
  }

  encodeGroup(group: AtomicOperation, context: BatchContext): EncodedOperation {
    return this.#item(group, context);
  }

  encode(
    operations: readonly EncodedOperation[],
    context: BatchContext,
    shape?: BatchShape,
  ): BatchRequest {
    const items = operations as readonly Item[];
    const chain = shape === "chain" ? '"isChain":true,' : "";
    const text = `{${chain}"operations":[${items.map((item) => item.text).join()}]}`;
    this.#told.encoded(items.map(({ operation }) => operation));
    const headers = { [MAILBOX]: mailboxOf(items[0]!.operation, context) };
    return { method: "POST", url: context.url, headers, body: encoder.encode(text) };
  }

  decoder(_head: ResponseHead, operations: readonly SentOperation[]): Decoder {
    return new AnswerDecoder(operations, this.#told);
  }

  #item(operation: SentOperation, context: BatchContext): Item {
    const { length } = mailboxOf(operation, context);
    if (length > MAX_NAME_LENGTH) {
      throw new OperationError(
        `Cannot send ${
          nameOf(operation)
        } through a cluster as the name of its mailbox and account must be no longer than ${MAX_NAME_LENGTH} characters: current value is ${length}`,
        { operation },
      );
    }
    const key = this.#keys.ofOperation(operation);
    return new Item(operation, JSON.stringify(wireOperationOf(operation, key)));
  }
}

/** The mailbox, and whose token opens it where operations say so. */
export function mailboxId(name: string, account: string | undefined): string {
  return account === undefined ? name : JSON.stringify([name, account]);
}

function mailboxOf({ account }: SentOperation, { name }: BatchContext): string {
  return mailboxId(name, account);
}
