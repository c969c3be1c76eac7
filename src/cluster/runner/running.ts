import type { Subscription } from "rxjs";
import type { SentOperation } from "../../../mod.ts";
import { membersOf } from "../../operation/atomic.ts";
import { isIdempotent } from "../../operation/operation.ts";
import type { Mark } from "../journal/journal.ts";
import type { WireOutcome } from "../message/answer.ts";
import type { WireEvent } from "../message/event.ts";

/** Who waits for an operation: a message that holds it. */
export interface Waiter {
  /** It has ended. */
  ended(place: number, outcome: WireOutcome): void;
  /** Something happened to it. */
  heard(event: WireEvent): void;
  /** Does anybody listen? */
  readonly wantsEvents: boolean;
}

/** Where an operation belongs, and whether the journal has to know of it. */
export interface RunningInit {
  readonly operation: SentOperation;
  readonly mailbox: string;
  readonly epoch: number;
  readonly key: string;
  readonly message: string;
  readonly isJournaled: boolean;
  readonly digest: string | undefined;
  readonly sinceMs: number;
}

/** One operation in the hands of the runner's batcher. */
export class Running {
  readonly operation: SentOperation;
  readonly isJournaled: boolean;
  readonly mark: Mark;
  /** Places of it in the messages that wait for it: a second call of a kept key joins the first. */
  readonly waiters: Map<Waiter, number[]> = new Map();
  /** When it came here, in milliseconds. */
  readonly sinceMs: number;
  subscription: Subscription | undefined = undefined;
  /** A byte of it may be out. */
  isOut = false;
  /** The journal has it. */
  isMarked = false;
  isEnded = false;
  /** Nobody waits, and it is to end as soon as it is not out. */
  whenOver: (() => void)[] = [];

  constructor(init: RunningInit) {
    const { operation, mailbox, epoch, key, message, digest } = init;
    this.sinceMs = init.sinceMs;
    this.operation = operation;
    this.isJournaled = init.isJournaled;
    this.mark = {
      mailbox,
      epoch,
      key,
      message,
      isUnsafe: !membersOf(operation).every(isIdempotent),
      label: operation.label,
      digest,
    };
  }

  /** Its own number and those of its members, by which a batcher speaks of it. */
  get ids(): readonly number[] {
    const { operation } = this;
    return operation.method === undefined
      ? [operation.id, ...operation.members.map(({ id }) => id)]
      : [operation.id];
  }

  join(waiter: Waiter, place: number): void {
    const places = this.waiters.get(waiter);
    if (places === undefined) this.waiters.set(waiter, [place]);
    else places.push(place);
  }

  tell(outcome: WireOutcome): void {
    const waiters = [...this.waiters];
    this.waiters.clear();
    for (const [waiter, places] of waiters) {
      for (const place of places) waiter.ended(place, outcome);
    }
    this.over();
  }

  /** It has ended, or was withdrawn. */
  over(): void {
    const listeners = this.whenOver;
    this.whenOver = [];
    for (const listener of listeners) listener();
  }
}
