import type { BatchError } from "../../operation/errors.ts";
import { keepsAnswer } from "../../operation/identity.ts";
import type { OperationResponse } from "../../operation/response.ts";
import { type Entry, type EntryState, tiesOf } from "../entry.ts";
import type { Events } from "../events.ts";
import { Fifo } from "../time/fifo.ts";
import type { InHand } from "../in_hand.ts";
import type { Order } from "../collect/order.ts";
import { dependencyError } from "../collect/unsent.ts";

/** What settling calls. */
export interface SettleCalls {
  /** Takes the entry, which is settled now, out of wherever it waited. */
  detach(entry: Entry, from: EntryState): void;
  /** It went in halves of a batch that was refused as a whole. */
  leftCompany(entry: Entry): void;
  /** Nothing is in hand any more. */
  emptied(): void;
}

/** An entry that will fail, and of what: an error, or another one that it depends on. */
interface Fall {
  readonly entry: Entry;
  readonly reason: BatchError | Entry;
}

/**
 * Ends an entry, exactly once (design rule 13): every way out of the pipeline leads through here.
 *
 * State is written before a subscriber is called, and what falls with a failure falls later, one by one, in the loop.
 */
export class Settle {
  readonly #order: Order;
  readonly #inHand: InHand;
  readonly #events: Events;
  readonly #calls: SettleCalls;
  readonly #falling = new Fifo<Fall>();

  constructor(order: Order, inHand: InHand, events: Events, calls: SettleCalls) {
    this.#order = order;
    this.#inHand = inHand;
    this.#events = events;
    this.#calls = calls;
  }

  answered(entry: Entry, response: OperationResponse<unknown>): void {
    if (entry.isSettled) return;
    const { sink } = entry;
    if (keepsAnswer(entry.operation)) tiesOf(entry).answer = response;
    this.#end(entry, "answered");
    sink!.answered(entry, response);
    this.#afterwards(entry);
  }

  failed(entry: Entry, error: BatchError): void {
    if (entry.isSettled) return;
    const { sink } = entry;
    entry.error = error;
    this.#end(entry, "failed");
    sink!.failed(entry, error);
    this.#afterwards(entry);
  }

  left(entry: Entry): void {
    this.#end(entry, "left");
    this.#afterwards(entry);
  }

  /** This one will fail: with others, each of which lets the next one go, in turns instead of one inside the other. */
  failInTurn(entry: Entry, error: BatchError): void {
    this.#falling.push({ entry, reason: error });
  }

  /** This one will fail, as what it depends on has. */
  failInTurnWith(entry: Entry, need: Entry): void {
    this.#falling.push({ entry, reason: need });
  }

  /** Fails it at once, and says so, if one that it depends on has fallen. */
  failIfNeedFell(entry: Entry): boolean {
    const need = this.#order.fallenNeed(entry);
    if (need !== undefined) this.failed(entry, dependencyError(entry, need));
    return need !== undefined;
  }

  /** Lets one fall: a piece of work for the loop. */
  turn(): boolean {
    const fall = this.#falling.shift();
    if (fall === undefined) return false;
    const { entry, reason } = fall;
    this.failed(entry, reason instanceof Error ? reason : dependencyError(entry, reason));
    return true;
  }

  #end(entry: Entry, state: "answered" | "failed" | "left"): void {
    const from = entry.state;
    entry.state = state;
    this.#calls.detach(entry, from);
    this.#calls.leftCompany(entry);
    this.#inHand.remove(entry);
    this.#order.settled(entry);
    if (entry.flight === undefined) this.#order.endTurn(entry);
    if (this.#events.isHeard) {
      this.#events.emit({
        type: "settled",
        operation: entry.operation.id,
        label: entry.operation.label,
        outcome: state,
        error: entry.error?._tag,
        attempts: entry.posts,
      });
    }
  }

  #afterwards(entry: Entry): void {
    entry.release();
    if (this.#inHand.isEmpty) this.#calls.emptied();
  }
}
