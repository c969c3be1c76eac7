import { originalOf } from "../../operation/identity.ts";
import type { Operation } from "../../operation/operation.ts";
import type { OperationResponse } from "../../operation/response.ts";
import type { Part } from "../../wire/wire.ts";
import type { Entry } from "../entry.ts";

/** What an answer says besides its body. */
export type Told = Pick<Part, "status" | "headers" | "detail">;

/** Each member of a group has a status of its own. */
export const ALL_DONE: Told = /* @__PURE__ */ Object.freeze({
  status: 200,
  headers: /* @__PURE__ */ Object.freeze({}),
});

/** What the subscriber gets. */
export function responseOf(entry: Entry, part: Told, body: unknown): OperationResponse<unknown> {
  const { built, attempts } = entry;
  const { status, headers } = part;
  return { operation: originalOf(built as Operation), status, headers, body, attempts };
}

/** Of a read that is shared each gets a body of his own, whatever the others do to theirs. */
export function bodyOf({ built, share }: Entry, part: Part): unknown {
  const body = part.readBody(built!.method === undefined ? built!.members[0]! : built!);
  return share?.isShared === true && part.readsAfresh !== true ? structuredClone(body) : body;
}
