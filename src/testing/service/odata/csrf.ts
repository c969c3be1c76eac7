import { type Call, Refusal } from "../../http/http.ts";

const NAME = "X-CSRF-Token";
const FIELD = "x-csrf-token";

/** Hands out a token against forgery, and changes it after so many batches. */
export class CsrfTokens {
  readonly #batches: number;
  #issued = 1;
  #taken = 0;

  constructor(batches: number) {
    this.#batches = batches;
  }

  get token(): string {
    return `csrf-${this.#issued}`;
  }

  reset(): void {
    this.#issued = 1;
    this.#taken = 0;
  }

  /** @throws {Refusal} 403 when a call brings no token, or one that holds no longer */
  check({ headers }: Call): void {
    if (headers[FIELD] === this.token) return;
    throw new Refusal(403, "CsrfTokenRequired", "CSRF token validation failed.", {
      [NAME]: "Required",
    });
  }

  /** A batch was taken. */
  count(): void {
    if (++this.#taken % this.#batches === 0) this.#issued++;
  }

  /** What a read is told that asks for it. */
  told({ headers }: Call): Readonly<Record<string, string>> {
    return headers[FIELD]?.toLowerCase() === "fetch" ? { [NAME]: this.token } : {};
  }
}
