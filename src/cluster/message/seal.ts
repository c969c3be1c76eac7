/**
 * Keeps what stands at rest from whoever reads the database: every text that is stored (operations, answers, outcomes)
 * passes through it. Clients and runners need the same.
 *
 * @example With AES-GCM of the platform
 * ```ts
 * import type { Seal } from "@rxbatch/rxbatch/cluster";
 *
 * const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
 * const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
 * const bytes = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
 * const seal: Seal = {
 *   async seal(text) {
 *     const iv = crypto.getRandomValues(new Uint8Array(12));
 *     const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(text));
 *     return hex(iv) + hex(new Uint8Array(sealed));
 *   },
 *   async open(sealed) {
 *     const [iv, text] = [bytes(sealed.slice(0, 24)), bytes(sealed.slice(24))];
 *     return new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, text));
 *   },
 * };
 * console.log(await seal.open(await seal.seal("a body"))); // a body
 * ```
 */
export interface Seal {
  /**
   * Encrypts.
   *
   * @param text what is to be stored
   * @returns what is stored in its place: printable text
   */
  seal(text: string): PromiseLike<string> | string;
  /**
   * Decrypts.
   *
   * @param sealed what `seal` made
   * @returns the text
   */
  open(sealed: string): PromiseLike<string> | string;
}

/** Stores everything as it is. */
export const NO_SEAL: Seal = { seal: (text) => text, open: (sealed) => sealed };
