import type { ObservableInput } from "rxjs";
import type { SentOperation } from "../../operation/atomic.ts";
import type { HttpResponse, ResponseHead } from "../../transport/transport.ts";
import type { Part } from "../../wire/wire.ts";

/** The server ran a batch in order, and stopped at this error: what stands behind it surely did not run. */
export interface Stop {
  readonly place: number;
  readonly part: Part;
}

/** What is kept of an answer that nobody could read. */
export interface Unread {
  readonly head: ResponseHead;
  /** Its first 8 kB. */
  readonly detail: string;
}

/** How a POST ended, for the operations in it that no part has answered. */
export type PostEnd =
  /** The answer was read to its end; unless it stopped, `mismatch` says why it cannot be told what became of the rest. */
  | {
    readonly kind: "read";
    readonly stop: Stop | undefined;
    readonly mismatch: string | undefined;
    /** Beside a mismatch. */
    readonly unread: Unread | undefined;
  }
  /** It was no batch answer. */
  | ({ readonly kind: "refused" } & Unread)
  /** Nothing was sent: no token, no connection, or the batch could not be encoded. */
  | { readonly kind: "not sent"; readonly cause: unknown }
  /** Nothing was sent: somebody was asked, and said no. */
  | { readonly kind: "forbidden"; readonly cause: unknown }
  /** Nothing was sent, as its lane paused meanwhile. */
  | { readonly kind: "put back" }
  /** It was sent, and no whole answer came back. */
  | { readonly kind: "lost"; readonly cause: unknown }
  /** The answer cannot be understood, or is too large: `cause` says which. */
  | { readonly kind: "malformed"; readonly cause: unknown; readonly unread: Unread | undefined }
  /** Nobody waits any more. */
  | { readonly kind: "abandoned" };

/** What a POST is told by whoever reads its answer. */
export interface AnswerListener {
  /** Status and headers are there. */
  began(head: ResponseHead): void;
  deliver(place: number, part: Part): void;
  /** A part that belongs to nobody. */
  stray(part: Part): void;
  /** All that has come so far is read. */
  caughtUp(): void;
  ended(end: PostEnd): void;
}

/** The answer to one POST while it is read. */
export interface AnswerReading {
  readonly partCount: number;
  /** Sends, and reads what comes back. */
  listen(send: () => ObservableInput<HttpResponse>): void;
  /** Nothing more is read, and the connection is given back or dropped. */
  stop(): void;
}

/** Makes whoever reads the answer to a POST of these operations. */
export type ReadAnswer = (
  operations: readonly SentOperation[],
  listener: AnswerListener,
) => AnswerReading;
