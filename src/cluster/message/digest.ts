import type { WireOperation } from "./request.ts";
import { withReferences } from "./references.ts";

/** So many bytes tell requests apart, and tell nothing of them. */
const BYTES = 16;
const encoder = /* @__PURE__ */ new TextEncoder();

/**
 * What a second call under the key of a first one must have in common with it: method, URL and body, of a group those of all
 * its members.
 *
 * @returns by place; nothing for an operation whose key is of this one call
 */
export async function digestsOf(
  operations: readonly WireOperation[],
): Promise<readonly (string | undefined)[]> {
  if (operations.every(({ isKept }) => isKept !== true)) return [];
  return await Promise.all(
    operations.map((operation) => operation.isKept === true ? digestOf(operation) : undefined),
  );
}

async function digestOf({ calls }: WireOperation): Promise<string> {
  // Members refer to each other by numbers that are others in each call.
  const places = new Map(calls.map(({ id }, place) => [id, place]));
  const asked = calls.map((call) => {
    const { method, url, body } = withReferences(call, places);
    return [method, url, body];
  });
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(JSON.stringify(asked)));
  const bytes = new Uint8Array(digest, 0, BYTES);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
