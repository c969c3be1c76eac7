import type { AtomicOperation, SentOperation } from "../operation/atomic.ts";
import type { Operation } from "../operation/operation.ts";
import type { HttpRequest, ResponseHead } from "../transport/transport.ts";

/** Which operations may share a batch, and where that batch is posted. */
export interface BatchContext {
  /** The name of the lane: equal for two operations exactly when they may be in one batch. */
  readonly key: string;
  /** The `$batch` URL. */
  readonly url: string;
  /** The context in the wire's own spelling, as the token function is given it: `me`, `users('…')`. */
  readonly name: string;
  /** The operation's own `Authorization`, when it brought one: such a lane never asks for a token. */
  readonly authorization?: string | undefined;
  /**
   * Lanes with the same may fill each other's batches; each keeps its own pauses and its own share of slots.
   *
   * @default none: a batch holds operations of one lane only
   */
  readonly mix?: string | undefined;
  /**
   * The most operations of this lane that one batch may hold, where that is fewer than `maxBatchSize`; from 1.
   *
   * @default what the batcher's `maxBatchSize` says
   */
  readonly maxBatchSize?: number | undefined;
}

/** How the operations of one batch stand to each other; a `chain`: each depends on the one before it. */
export type BatchShape = "parallel" | "chain";

/** An operation in the wire's form, made when it joins its lane. */
export interface EncodedOperation {
  /** The operation. */
  readonly operation: SentOperation;
  /**
   * How many change sets it is.
   *
   * @default 0
   */
  readonly changeSets?: number | undefined;
  /** What it adds to a batch body, in octets, delimiter included. */
  readonly bytes: number;
}

/** One batch POST but for its signal, which whoever sends it adds. */
export interface BatchRequest extends Omit<HttpRequest, "signal"> {
  /** Ignored. */
  readonly signal?: AbortSignal | undefined;
}

/** One place of a batch answer: it stands for one operation, and mostly is its answer. */
export interface Part {
  /**
   * The place in the batch, from 0, of the operation that the part's id names; `undefined` when the part carries no id,
   * `-1` when its id was never sent.
   */
  readonly index: number | undefined;
  /**
   * What an id in the answer itself names, in the same way. It may be the resource's own, so it counts only when all places
   * together name every operation once.
   *
   * @default none
   */
  readonly innerIndex?: number | undefined;
  /**
   * Which member of the group at its place the part's id names, from 0.
   *
   * @default its place holds no group
   */
  readonly member?: number | undefined;
  /**
   * Which member an id in the answer itself names, in the same way. It counts only when all of them together name every
   * member once.
   *
   * @default none
   */
  readonly innerMember?: number | undefined;
  /**
   * It is no answer to one operation: what it holds instead, with ids of their own. None: it holds no answer at all.
   *
   * @default it is an answer
   */
  readonly members?: readonly Part[] | undefined;
  /** The inner status; 0 when the part holds no HTTP answer, and then `readBody` throws. */
  readonly status: number;
  /** Inner headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Decodes the body: JSON parsed, text as a string, anything else as bytes, nothing as `undefined`.
   *
   * @throws {DecodeError} when the body is not what its Content-Type says
   * @throws {LimitError} when a limit was passed within the part
   */
  readBody(operation: Operation): unknown;
  /**
   * Each call of `readBody` makes a value of its own: those who share a read (`shareReads`) are then given one each, and no
   * copy is made.
   *
   * @default false
   */
  readonly readsAfresh?: boolean | undefined;
  /**
   * The first 8 kB of the body as text, for the error when it cannot be decoded.
   *
   * @default no text
   */
  detail?(): string | undefined;
}

/** Push decoder: parts come out as soon as their last byte is in, however the bytes were cut. */
export interface Decoder {
  /**
   * The end of the answer is in: whatever comes behind it changes nothing.
   *
   * @default false: the answer ends with its bytes
   */
  readonly isClosed?: boolean | undefined;
  /**
   * The first part may be the first operation's, and so on, where ids do not say whose it is.
   *
   * @default true
   */
  readonly isOrdered?: boolean | undefined;
  /**
   * Takes the next chunk.
   *
   * @throws {DecodeError} when the answer is malformed from here on
   * @throws {LimitError} when a limit is passed
   */
  write(chunk: Uint8Array): Iterable<Part>;
  /**
   * The answer has ended.
   *
   * @throws {DecodeError} when it was cut off: what had come out is whole, the rest is lost
   */
  end(): Iterable<Part>;
}

/** A dialect. Nothing here is async, nothing here knows time. */
export interface Wire {
  /** For messages: `outlook`, `graph`. */
  readonly name: string;
  /** The most operations that a server of this kind takes in one batch. */
  readonly maxBatchSize: number;
  /** Octets of a batch body beyond what its operations add. */
  readonly frameBytes?: number | undefined;
  /**
   * How many chains cost a server as much as one batch whose operations go side by side: so many may be in flight for a
   * lane in place of one such batch.
   *
   * @default 1
   */
  readonly chainsPerBatch?: number | undefined;
  /**
   * How a server runs one batch: `sequential`, in the order written, and it may stop at an error; `any`, in no order that
   * one could count on; `native`, as `dependsOn` within the batch says.
   */
  readonly order: "any" | "sequential" | "native";
  /**
   * The lane an operation belongs to, with its `$batch` URL.
   *
   * @throws {OperationError} when the operation cannot be sent through this wire
   */
  contextOf(operation: Operation): BatchContext;
  /**
   * When it joins its lane: bytes are known, and what cannot be encoded fails alone.
   *
   * @throws {OperationError} when the operation cannot be put into a batch
   */
  encodeOne(operation: Operation, context: BatchContext): EncodedOperation;
  /**
   * The same for a group, whose members are all of this context; a wire without it carries none.
   *
   * @throws {OperationError} when one of its members cannot be put into a batch
   */
  encodeGroup?(group: AtomicOperation, context: BatchContext): EncodedOperation;
  /**
   * How many change sets a server takes in one batch.
   *
   * @default any number
   */
  readonly changeSetsPerBatch?: number | undefined;
  /**
   * Does a failed group surely leave nothing behind?
   *
   * @default false
   */
  readonly rollsBack?: boolean | undefined;
  /**
   * The POST that carries these operations, in this order, with everything but the token.
   *
   * @param operations in the order of the batch
   * @param context of the lane that got the slot
   * @param shape `chain` only on a wire whose `order` is `native`; none: `parallel`
   * @param headers what the function of option `headers` gave; they stand on the POST, and in the parts where the server
   * hands none of the POST on; an operation's own wins
   */
  encode(
    operations: readonly EncodedOperation[],
    context: BatchContext,
    shape?: BatchShape,
    headers?: Readonly<Record<string, string>>,
  ): BatchRequest;
  /**
   * Which of several services behind one address an operation is for, where each throttles by itself: then a pause that
   * its part asks for holds for this service alone, and the lane goes on with the others.
   *
   * @default one service: a pause is the lane's
   * @returns a name that is safe to log; `undefined` when it is none that is known, and the whole lane pauses
   */
  serviceOf?(operation: Operation): string | undefined;
  /**
   * How long a lane should wait before its next batch, as an answer with these headers says that a limit is near: those
   * of the POST, and those of each part.
   *
   * @default none: limits that are near mean nothing
   * @param headers names in lower case
   * @returns milliseconds; `undefined` when no limit is near
   */
  nearLimitMs?(headers: Readonly<Record<string, string>>): number | undefined;
  /**
   * Reads one answer.
   *
   * @returns `undefined` when an answer with this head is no batch answer at all
   */
  decoder(head: ResponseHead, operations: readonly Operation[]): Decoder | undefined;
}
