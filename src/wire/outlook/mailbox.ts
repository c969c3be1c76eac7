/** Whose mailbox a batch works on. */
export interface Mailbox {
  /** The one spelling that goes on the wire: `me`, or `users('…')`. */
  readonly name: string;
  /** The user's e-mail address, when the user is named by one of ASCII characters. */
  readonly address: string | undefined;
}

/** The signed-in user. */
export const ME: Mailbox = /* @__PURE__ */ Object.freeze({ name: "me", address: undefined });

/** `me`, `users('x')`, `users/'x'` and `users/x` at the beginning of a path, quotes and parentheses encoded or not. */
const CONTEXT =
  /^(?:(me)|users(?:(?:\(|%28)(?:'|%27)([^/?\\]+?)(?:'|%27)(?:\)|%29)|\/(?:'|%27)([^/?\\]+?)(?:'|%27)|\/([^/?\\]+)))(?=[/?]|$)/i;
const GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const VISIBLE = /^[\x21-\x7e]+$/;
/** Control characters, slashes that would make two segments, and dot segments. */
const NO_USER = /[\p{Cc}/\\]|^\.{0,2}$/u;

/**
 * Reads the context at the beginning of a path.
 *
 * @param path what follows the base path
 * @returns the mailbox and how many characters name it; `undefined` when the path does not begin with a context
 */
export function readContext(path: string): { mailbox: Mailbox; length: number } | undefined {
  const match = CONTEXT.exec(path);
  if (match === null) return undefined;
  const [text, me, inParentheses, inQuotes, bare] = match;
  if (me !== undefined) return { mailbox: ME, length: text.length };
  const literal = inParentheses ?? inQuotes;
  const user = literal === undefined ? decoded(bare!) : unquoted(decoded(literal));
  if (user === undefined || NO_USER.test(user)) return undefined;
  return { mailbox: mailboxOf(user), length: text.length };
}

/** The letter case of addresses and GUIDs does not count; other ids are taken as they are. */
function mailboxOf(user: string): Mailbox {
  const folded = user.includes("@") || GUID.test(user) ? user.toLowerCase() : user;
  return {
    // OData 4.01 URL Conventions §5.1.1.6.1: a quote within a string is doubled.
    name: `users('${encoded(folded.replaceAll("'", "''"))}')`,
    address: isAddress(folded) ? folded : undefined,
  };
}

/** An address has a domain with a dot; `<guid>@<tenant-guid>` in an `@odata.id` has none. */
function isAddress(text: string): boolean {
  const domain = text.slice(text.lastIndexOf("@") + 1);
  if (!VISIBLE.test(text) || domain.length + 1 >= text.length) return false;
  const dot = domain.indexOf(".", 1);
  return dot !== -1 && dot < domain.length - 1;
}

/** A quote within a literal stands for itself only when it is doubled. */
function unquoted(literal: string | undefined): string | undefined {
  if (literal === undefined || literal.replaceAll("''", "").includes("'")) return undefined;
  return literal.replaceAll("''", "'");
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll("%40", "@").replaceAll("%2B", "+");
}
