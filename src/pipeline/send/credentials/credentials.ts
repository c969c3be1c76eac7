import type { Settings } from "../../../options/settings.ts";
import type { Batch } from "../batch.ts";
import type { HeaderSets } from "./header_sets.ts";
import type { TokenReceiver } from "./token_ask.ts";
import type { Tokens } from "./token.ts";

/** Who is asked. */
export interface CredentialsStages {
  readonly settings: Settings;
  readonly tokens: Tokens;
  readonly headers: HeaderSets;
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
  #isOver = false;

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
    this.#isOver = true;
    this.#stages.tokens.leave(this);
    if (this.#headerReceiver !== undefined) this.#stages.headers.leave(this.#headerReceiver);
  }

  tokenCame(token: string | undefined): void {
    if (this.#isOver) return;
    this.#batch.token = token;
    const { headers, settings } = this.#stages;
    if (settings.headers === undefined) return this.#came();
    this.#headerReceiver = {
      tokenCame: (set) => this.#headersCame(set),
      tokenFailed: (cause) => this.tokenFailed(cause),
      tokenUnneeded: () => this.tokenUnneeded(),
    };
    headers.ask(this.#batch.lane, this.#headerReceiver);
  }

  tokenFailed(cause: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener.credentialsFailed(cause);
  }

  tokenUnneeded(): void {
    if (!this.#isOver) this.#came();
  }

  #headersCame(set: string | undefined): void {
    if (this.#isOver) return;
    this.#batch.headerSet = set;
    this.#came();
  }

  #came(): void {
    this.#isOver = true;
    this.#listener.credentialsCame();
  }
}
