import type { Batch } from "../batch.ts";
import type { HeaderSets } from "./header_sets.ts";
import type { TokenReceiver } from "./token_ask.ts";
import type { Tokens } from "./token.ts";

/** Who is asked. */
export interface CredentialsStages {
  readonly tokens: Tokens;
  /** None: there is no function to ask. */
  readonly headers: HeaderSets | undefined;
}

/** Who waits for them. */
export interface CredentialsListener {
  /** The batch has what it goes with, or nobody waits for it any more. */
  credentialsCame(): void;
  credentialsFailed(cause: unknown): void;
}

/** Asks for what one batch goes with: the token of its lane, then the headers that are asked for. */
export class Credentials implements TokenReceiver {
  readonly #stages: CredentialsStages;
  readonly #batch: Batch;
  readonly #listener: CredentialsListener;
  #headerReceiver: TokenReceiver | undefined = undefined;

  constructor(stages: CredentialsStages, batch: Batch, listener: CredentialsListener) {
    this.#stages = stages;
    this.#batch = batch;
    this.#listener = listener;
  }

  /** Tells the listener at once when all of it is there. */
  ask(): void {
    const { lane } = this.#batch;
    if (lane.context.authorization !== undefined) this.tokenCame(undefined);
    else this.#stages.tokens.ask(lane, this);
  }

  /** It has taken too long. */
  leave(): void {
    this.#stages.tokens.leave(this);
    if (this.#headerReceiver !== undefined) this.#stages.headers?.leave(this.#headerReceiver);
  }

  tokenCame(token: string | undefined): void {
    this.#batch.token = token;
    const { headers } = this.#stages;
    if (headers === undefined) return this.#listener.credentialsCame();
    this.#headerReceiver = {
      tokenCame: (set) => this.#headersCame(set),
      tokenFailed: (cause) => this.tokenFailed(cause),
      tokenUnneeded: () => this.tokenUnneeded(),
    };
    headers.ask(this.#batch.lane, this.#headerReceiver);
  }

  tokenFailed(cause: unknown): void {
    this.#listener.credentialsFailed(cause);
  }

  tokenUnneeded(): void {
    this.#listener.credentialsCame();
  }

  #headersCame(set: string | undefined): void {
    this.#batch.headerSet = set;
    this.#listener.credentialsCame();
  }
}
