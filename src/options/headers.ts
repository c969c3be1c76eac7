import { kindOf } from "../operation/check/kind.ts";
import { checkedHeaders, hasHeader } from "../operation/headers.ts";
import type { BatchOptions, HeaderFunction } from "./options.ts";

/** What belongs to the connection or to the framing, and so to the transport. */
const NOT_IN_OPTIONS =
  /^(?:content-.*|host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect)$/i;

/**
 * Checks `headers`, where they are no function.
 *
 * @param options as the user gave them
 * @returns a copy; none when a function gives them
 * @throws {TypeError} when a header is malformed, or must not stand there
 */
export function checkedOptionHeaders(
  { headers, token }: Pick<BatchOptions, "headers" | "token">,
): Readonly<Record<string, string>> {
  if (headers === undefined || typeof headers === "function") return {};
  return checkedSet(headers, "option headers", token !== undefined);
}

/**
 * Checks what a function gave.
 *
 * @param given what it gave
 * @param hasToken whether option `token` is set
 * @returns a copy
 * @throws {TypeError} when it is no object of headers, or one of them is malformed, or must not stand there
 */
export function checkedGivenHeaders(
  given: unknown,
  hasToken: boolean,
): Readonly<Record<string, string>> {
  return checkedSet(
    given as Readonly<Record<string, string>>,
    "what the headers function gave",
    hasToken,
  );
}

/**
 * Checks that `headers` and `refreshOn` are functions.
 *
 * @param options as the user gave them
 * @returns the functions; `undefined` for headers that the wire has
 * @throws {TypeError} when `refreshOn` is none, or stands beside headers that nobody can ask for
 */
export function checkedHeaderFunctions(
  { headers, refreshOn }: Pick<BatchOptions, "headers" | "refreshOn">,
): { headers: HeaderFunction | undefined; refreshOn: BatchOptions["refreshOn"] } {
  const asked = typeof headers === "function" ? headers : undefined;
  if (refreshOn === undefined) return { headers: asked, refreshOn };
  if (typeof refreshOn !== "function") {
    throw new TypeError(
      `Cannot use option refreshOn as it must be a function: current value is ${kindOf(refreshOn)}`,
    );
  }
  if (asked === undefined) {
    throw new TypeError(
      `Cannot use option refreshOn as it must stand beside a function in headers: current value is ${
        headers === undefined ? "none" : kindOf(headers)
      }`,
    );
  }
  return { headers: asked, refreshOn };
}

/**
 * Checks that nobody gives a wire of his own headers that it would never see.
 *
 * @param options as the user gave them
 * @throws {TypeError} when `headers` is no function
 */
export function checkNoFixedHeaders({ headers }: Pick<BatchOptions, "headers">): void {
  if (headers === undefined || typeof headers === "function") return;
  throw new TypeError(
    `Cannot use option headers as it must be a function beside a wire, which is given its fixed ones when it is made: current value is ${
      kindOf(headers)
    }`,
  );
}

function checkedSet(
  given: Readonly<Record<string, string>>,
  what: string,
  hasToken: boolean,
): Readonly<Record<string, string>> {
  const headers = checkedHeaders(
    given,
    (rule, value) => new TypeError(`Cannot use ${what} as ${rule}: current value is ${value}`),
  );
  for (const name of Object.keys(headers)) {
    if (!NOT_IN_OPTIONS.test(name)) continue;
    throw new TypeError(
      `Cannot use ${what} as headers of content and connection must not stand there: current value is ${name}`,
    );
  }
  if (hasToken && hasHeader(headers, "authorization")) {
    throw new TypeError(
      `Cannot use ${what} as Authorization must not stand beside option token: current value is both`,
    );
  }
  return headers;
}
