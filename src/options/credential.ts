import { kindOf } from "../operation/check/kind.ts";

/**
 * Whatever gives tokens for scopes, as the credentials of `@azure/identity` do. After a 401 with a claims challenge,
 * `claims` are those of its `WWW-Authenticate`.
 */
export interface TokenCredential {
  /**
   * Gives a token that is good for these scopes, out of its own cache as long as it can.
   *
   * @param scopes as in option `scopes`
   * @param options `abortSignal` aborts when nobody waits any more
   * @returns the token; `null`: there is none
   */
  getToken(
    scopes: string[],
    options: { readonly abortSignal: AbortSignal; readonly claims?: string },
  ): PromiseLike<{ readonly token: string } | null>;
}

/** Is it asked by `getToken`? */
export function isCredential(value: unknown): value is TokenCredential {
  return typeof value === "object" && value !== null &&
    typeof (value as Partial<TokenCredential>).getToken === "function";
}

/**
 * Checks `scopes`.
 *
 * @param scopes as the user gave them
 * @param token option `token`
 * @returns a copy; none unless `token` is a credential
 * @throws {TypeError} when they are no strings, or missing beside a credential, or there is no credential to ask for them
 */
export function checkedScopes(scopes: unknown, token: unknown): readonly string[] {
  if (scopes === undefined && !isCredential(token)) return [];
  const all: readonly unknown[] = Array.isArray(scopes) ? [...scopes] : [scopes];
  if (!isCredential(token)) throw refused("stand beside a credential", "one without");
  if (all.length === 0 || !all.every((scope) => typeof scope === "string" && scope !== "")) {
    throw refused(
      "be a string or strings, none of them empty, when token is a credential",
      Array.isArray(scopes) ? `an array of ${scopes.length}` : kindOf(scopes),
    );
  }
  return Object.freeze([...all as readonly string[]]);
}

const CLAIMS = /(?:^|[\s,])claims="([^"]*)"/i;

/**
 * The claims that a 401 asks for (OpenID Connect Core §5.5, in base64 as Entra ID sends them).
 *
 * @param challenge the value of `WWW-Authenticate`
 * @returns their JSON; `undefined` when it asks for none
 */
export function claimsOf(challenge: string | undefined): string | undefined {
  const claims = challenge === undefined ? undefined : CLAIMS.exec(challenge)?.[1];
  if (claims === undefined || claims === "") return undefined;
  try {
    const octets = atob(claims.replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder().decode(Uint8Array.from(octets, (octet) => octet.charCodeAt(0)));
  } catch {
    return claims;
  }
}

function refused(rule: string, value: string): TypeError {
  return new TypeError(`Cannot use option scopes as they must ${rule}: current value is ${value}`);
}
