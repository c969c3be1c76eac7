import { checkedGivenHeaders } from "../../../options/headers.ts";
import type { Settings } from "../../../options/settings.ts";
import type { ResponseHead } from "../../../transport/transport.ts";
import type { Lane } from "../../collect/lane.ts";
import type { Loop } from "../../time/loop.ts";
import { safely } from "../../time/safely.ts";
import { Asking } from "./asking.ts";
import type { TokenFunction, TokenReceiver } from "./token_ask.ts";

/** Headers that are asked for, each set as one text: so two that are equal are one, as with tokens. */
export class HeaderSets {
  readonly #asking: Asking;
  readonly #refreshOn: Settings["refreshOn"];

  constructor(ask: TokenFunction, { refreshOn, token }: Settings, loop: Loop) {
    this.#refreshOn = refreshOn;
    const read = (given: unknown) =>
      JSON.stringify(checkedGivenHeaders(given, token !== undefined));
    this.#asking = new Asking({ ask, isForAll: false, read }, loop);
  }

  /** Tells the receiver now when the source is synchronous, later otherwise. */
  ask(lane: Lane, receiver: TokenReceiver): void {
    this.#asking.ask(lane, receiver);
  }

  /** It waits no longer. */
  leave(receiver: TokenReceiver): void {
    this.#asking.leave(receiver);
  }

  /** Nothing waits in the lane any more. */
  desert(lane: Lane): void {
    this.#asking.desert(lane);
  }

  /** Does this answer want fresh ones, and has nothing run? */
  areRefusedBy({ status, headers }: ResponseHead): boolean {
    const refreshOn = this.#refreshOn;
    let isRefused = false;
    if (refreshOn !== undefined) safely(() => isRefused = refreshOn({ status, headers }) === true);
    return isRefused;
  }

  /** It was refused: is asked for with `refresh`. */
  refuse(lane: Lane, set: string): void {
    this.#asking.refuse(lane, set);
  }
}
