import type { Dispatch } from "./send/dispatch.ts";
import type { HeaderSets } from "./send/credentials/header_sets.ts";
import type { Tokens } from "./send/credentials/token.ts";
import type { Entry, EntryState } from "./entry.ts";
import type { Gate } from "./gate.ts";
import type { Lane } from "./collect/lane.ts";
import type { Lanes } from "./collect/lanes.ts";
import type { Windows } from "./collect/window.ts";
import type { Waits } from "./answer/again/waits.ts";

/** Where an entry can wait. */
export interface WithdrawalStages {
  readonly gate: Gate;
  readonly lanes: Lanes;
  readonly windows: Windows;
  readonly tokens: Tokens;
  readonly headers: HeaderSets | undefined;
  readonly dispatch: Dispatch;
  readonly waits: Waits;
}

/** Takes an entry out of wherever it waits, and lets a lane rest when nothing is left in it. */
export class Withdrawal {
  readonly #stages: WithdrawalStages;

  constructor(stages: WithdrawalStages) {
    this.#stages = stages;
  }

  /** The entry is settled now; `from` is where it stood before. */
  detach(entry: Entry, from: EntryState): void {
    if (from === "flying" || from === "checking") {
      entry.flight?.lose();
      return;
    }
    const { gate, lanes, waits } = this.#stages;
    gate.waiting--;
    if (from === "held") return;
    const lane = lanes.of(entry);
    if (from === "parked") return waits.withdraw(entry, lane);
    lane.remove(entry);
    if (lane.live === 0) this.collectOn(lane);
  }

  /** Too few are left in the lane to post. */
  collectOn(lane: Lane): void {
    const { headers, tokens, windows } = this.#stages;
    if (lane.live === 0 && lane.reserved > 0) {
      tokens.desert(lane);
      headers?.desert(lane);
    }
    windows.review(lane);
    this.rest(lane);
  }

  /** When the lane may send is known now, or has changed. */
  ready(lane: Lane): void {
    const { dispatch, waits } = this.#stages;
    if (lane.live === 0) return;
    dispatch.unblock(lane);
    waits.watch(lane);
  }

  /** To be called whenever a lane may have nothing left that waits, is out, or goes again. */
  rest(lane: Lane): void {
    const { dispatch, lanes, waits } = this.#stages;
    if (lane.live === 0) dispatch.forget(lane);
    waits.rest(lane);
    lanes.dropIfIdle(lane);
  }
}
