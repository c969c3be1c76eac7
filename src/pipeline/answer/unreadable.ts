import {
  type BatchError,
  DecodeError,
  LimitError,
  type MemberFate,
} from "../../operation/errors.ts";
import { nameOf } from "../../operation/identity.ts";
import type { OperationResponse } from "../../operation/response.ts";
import type { Entry } from "../entry.ts";
import type { Unread } from "../send/exchange.ts";
import { initOf } from "./failure.ts";

/** No part, and the answer does not say why: what it says instead may be an error that stands for all. */
export function unmatched(mismatch: string, { head, detail }: Partial<Unread> = {}): DecodeError {
  return new DecodeError(
    `Cannot match the answer to its batch as each operation must have one part: current value is ${mismatch}`,
    { ...head, detail },
  );
}

/** The whole answer cannot be understood: what is known of it stays on the error. */
export function unreadable(entry: Entry, cause: unknown, unread: Unread | undefined): BatchError {
  const { head, detail } = unread ?? {};
  if (cause instanceof LimitError) {
    const { message, limit } = cause;
    return new LimitError(message, { ...initOf(entry), cause, limit, ...head, detail });
  }
  return new DecodeError(decodeMessage(entry, cause), { ...initOf(entry), cause, ...head, detail });
}

/** The part is there, and its body cannot be understood. */
export function malformed(
  entry: Entry,
  cause: unknown,
  { response, detail, members }: {
    response: OperationResponse<unknown>;
    detail: string | undefined;
    members?: readonly MemberFate[] | undefined;
  },
): BatchError {
  if (cause instanceof LimitError) return unreadable(entry, cause, undefined);
  // Without a status there is no answer.
  const answer = response.status === 0 ? {} : { response };
  const init = { ...initOf(entry), cause, ...answer, detail, members };
  return new DecodeError(decodeMessage(entry, cause), init);
}

function decodeMessage({ operation }: Entry, cause: unknown): string {
  return cause instanceof DecodeError
    ? cause.message
    : `Cannot decode the answer to ${
      nameOf(operation)
    } as the wire must understand it: current value is one that it threw for`;
}
