import type { MemberFate } from "../../operation/errors.ts";
import type { Part } from "../../wire/wire.ts";
import type { Batch } from "../send/batch.ts";
import type { ErrorOf } from "./again/expiry.ts";
import { batchHttpError, responseError } from "./failure.ts";
import { Bars } from "./refused/bars.ts";
import { bodyOf, responseOf } from "./told.ts";

/** What an operation fails with for this part; a body that cannot be read is no reason to hide the error. */
export function errorOf(
  part: Part,
  { isAnonymous }: Batch,
  members?: readonly MemberFate[],
): ErrorOf {
  return (entry, refusal) => {
    const barrier = Bars.asLast(entry, part);
    if (barrier !== undefined) return batchHttpError(entry, barrier, refusal, { isAnonymous });
    let body: unknown;
    let detail: string | undefined;
    try {
      body = bodyOf(entry, part);
    } catch {
      detail = part.detail?.();
    }
    const told = { response: responseOf(entry, part, body), detail, members };
    return responseError(entry, told, refusal, { isAnonymous });
  };
}
