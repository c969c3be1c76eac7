import { lengthOf } from "../../operation/errors.ts";
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

/**
 * Where an answer redirects to, unless it is to be handed on as it is (Fetch standard, "HTTP fetch" and "HTTP-redirect
 * fetch").
 *
 * @throws {TypeError} when no redirect may come, or it leads nowhere
 */
export function redirectOf(
  { redirect, method, url, headers }: Call,
  { status, headers: { location } }: OperationResponse<unknown>,
): Redirect | undefined {
  if (redirect === "manual" || !REDIRECTS.has(status)) return undefined;
  if (redirect === "error") {
    throw new TypeError(
      `Cannot fetch as redirect is "error": current value is an answer with status ${status}`,
    );
  }
  if (location === undefined) return undefined;
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
    url: targetOf(location, url),
    method: becomesGet ? "GET" : method,
    headers: kept,
    isBodyKept: !becomesGet,
  };
}

function targetOf(location: string, base: string): string {
  const target = URL.canParse(location, base) ? new URL(location, base) : undefined;
  if (target?.protocol === "https:" || target?.protocol === "http:") return target.href;
  throw new TypeError(
    `Cannot follow a redirect as its Location must be an http URL: current value is ${
      lengthOf("a text", location)
    }`,
  );
}
