import { claimsOf, isCredential } from "../../../options/credential.ts";
import type { Settings } from "../../../options/settings.ts";
import type { Lane } from "../../collect/lane.ts";
import type { Loop } from "../../time/loop.ts";
import { Asking } from "./asking.ts";
import { askCredential, readToken, type TokenReceiver } from "./token_ask.ts";

/** Asks for tokens, unless one stands for all. */
export class Tokens {
  readonly #fixed: string | undefined;
  readonly #asking: Asking | undefined;
  /** What the last 401 wants of a credential's next token. */
  #claims: string | undefined = undefined;

  constructor({ token, scopes }: Pick<Settings, "token" | "scopes">, loop: Loop) {
    const isForAll = isCredential(token);
    const ask = isForAll ? askCredential(token, scopes, () => this.#claims) : token;
    if (typeof ask === "function") {
      this.#asking = new Asking({ ask, isForAll, read: readToken }, loop);
    } else {
      this.#fixed = ask;
    }
  }

  /** Tells the receiver now when the source is synchronous, later otherwise. */
  ask(lane: Lane, receiver: TokenReceiver): void {
    if (this.#asking === undefined) receiver.tokenCame(this.#fixed);
    else this.#asking.ask(lane, receiver);
  }

  /** It waits no longer. */
  leave(receiver: TokenReceiver): void {
    this.#asking?.leave(receiver);
  }

  /** Nothing waits in the lane any more. */
  desert(lane: Lane): void {
    this.#asking?.desert(lane);
  }

  /** The server answered 401 to this token. @returns whether there can be another one */
  refuse(
    lane: Lane,
    token: string | undefined,
    headers: Readonly<Record<string, string>> = {},
  ): boolean {
    if (this.#asking === undefined || lane.context.authorization !== undefined) return false;
    if (token !== undefined) {
      this.#asking.refuse(lane, token);
      this.#claims = claimsOf(headers["www-authenticate"]);
    }
    return true;
  }
}
