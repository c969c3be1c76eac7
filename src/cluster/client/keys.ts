import { OperationError, type SentOperation } from "../../../mod.ts";
import { nameOf } from "../../operation/identity.ts";
import type { OperationKey } from "../message/request.ts";
import type { ClusterOptions } from "./options.ts";

/** What a database keeps as it is. */
const FORM = /^[^\p{Cc}\p{Surrogate}]{1,200}$/u;

/** Names operations and messages; those of one client are of no other. */
export class Keys {
  readonly #client: string = crypto.randomUUID();
  readonly #keyOf: ClusterOptions["keyOf"];
  #operations = 0;
  #messages = 0;

  constructor(keyOf: ClusterOptions["keyOf"]) {
    this.#keyOf = keyOf;
  }

  /** @throws {OperationError} when `keyOf` gave no key that can be kept */
  ofOperation(operation: SentOperation): OperationKey {
    const key: unknown = this.#keyOf?.(operation);
    if (key === undefined) {
      return { key: `${this.#client}/${(++this.#operations).toString(36)}`, isKept: false };
    }
    if (typeof key === "string" && FORM.test(key)) return { key: `=${key}`, isKept: true };
    throw new OperationError(
      `Cannot send ${
        nameOf(operation)
      } through a cluster as keyOf must give a string of 1 to 200 characters without control characters: current value is ${
        typeof key === "string" ? `one of ${key.length}` : `a ${typeof key}`
      }`,
      { operation },
    );
  }

  ofMessage(): string {
    return `${this.#client}/${(++this.#messages).toString(36)}`;
  }
}
