import { kindOf } from "../operation/check/kind.ts";
/** What may stand in a header after `Bearer ` (RFC 6750 §2.1 allows less; a dot more hurts nobody). */
const TOKEN = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;
const SCHEME = /^bearer(?: |$)/i;
/** What token responses and credentials call the text of a token. */
const MEMBERS = ["accessToken", "access_token", "token"] as const;

/**
 * Why a value is no token, with a hint where the mistake is a known one; it is named by type and length, never quoted.
 *
 * @param what it stands for: `a token` that came, or `option token`
 * @returns `undefined` when it is one
 */
export function tokenFault(value: unknown, what: string = "a token"): TypeError | undefined {
  const found = whatIsWrong(value);
  if (found === undefined) return undefined;
  return new TypeError(
    `Cannot use ${what} as it must be a string of visible ASCII characters: current value is ${found}`,
  );
}

function whatIsWrong(value: unknown): string | undefined {
  if (typeof value === "string") {
    if (SCHEME.test(value)) return "one that begins with Bearer (give the token alone)";
    return TOKEN.test(value) ? undefined : `a token of ${value.length} characters`;
  }
  if (value === undefined) return "undefined (does the function return its token?)";
  if (value === null) return "null";
  if (value instanceof String) return "a String object (did you mean its valueOf()?)";
  if (typeof value !== "object") return kindOf(value);
  const member = MEMBERS.find((name) => typeof Reflect.get(value, name) === "string");
  if (member !== undefined) return `an object (did you mean its ${member}?)`;
  const kind = kindOf(value);
  return kind === "a Promise" ? `${kind} (give a function that returns it)` : kind;
}
