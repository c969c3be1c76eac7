import type { OperationResponse } from "../../operation/response.ts";
import type { Call } from "./call.ts";

/** Where a redirect leads. */
export interface Redirect {
  readonly url: string;
  readonly method: string;
  /** Without `Authorization`: a download link says by itself that it may be fetched. */
  readonly headers: Headers;
  readonly isBodyKept: boolean;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Where an answer redirects to, unless it is to be handed on as it is (Fetch standard, "HTTP-redirect fetch"). */
export function redirectOf(
  { redirect, method, url, headers }: Call,
  { status, headers: { location } }: OperationResponse<unknown>,
): Redirect | undefined {
  if (redirect === "manual" || !REDIRECTS.has(status) || location === undefined) return undefined;
  const becomesGet = status === 303
    ? method !== "HEAD"
    : method === "POST" && (status === 301 || status === 302);
  const kept = new Headers(headers);
  kept.delete("authorization");
  if (becomesGet) {
    for (const name of ["content-type", "content-length", "content-encoding", "content-language"]) {
      kept.delete(name);
    }
  }
  return {
    url: new URL(location, url).href,
    method: becomesGet ? "GET" : method,
    headers: kept,
    isBodyKept: !becomesGet,
  };
}
