import type { Batcher, BatchEvent, Operation } from "../../../mod.ts";
import type { JournalWriter } from "../journal/writer.ts";
import type { Running, Waiter } from "./running.ts";

/** What happens when another runner has taken a mailbox. */
export type Fenced = (mailbox: string) => void;

/** Between the batcher of a runner and those who wait for operations: it marks what leaves, and hears what happens. */
export class PostOffice {
  readonly #writer: JournalWriter;
  readonly #fenced: Fenced;
  readonly #ofId = new Map<number, Running>();
  /** Who listens to what becomes of a batch. */
  readonly #listeners = new Map<number, readonly Waiter[]>();

  constructor(writer: JournalWriter, fenced: Fenced) {
    this.#writer = writer;
    this.#fenced = fenced;
  }

  /** From now on it is told what becomes of this operation. */
  register(running: Running): void {
    for (const id of running.ids) this.#ofId.set(id, running);
  }

  forget(running: Running): void {
    for (const id of running.ids) this.#ofId.delete(id);
  }

  /** Before a batch leaves: what the journal has to know of it is there first. */
  mark(operations: readonly Operation[]): Promise<void> | undefined {
    const leaving = new Set<Running>();
    for (const { id } of operations) {
      const running = this.#ofId.get(id);
      if (running?.isJournaled === true) leaving.add(running);
    }
    return leaving.size === 0 ? undefined : this.#mark(leaving);
  }

  async #mark(leaving: ReadonlySet<Running>): Promise<void> {
    const fenced = await this.#writer.mark(Array.from(leaving, ({ mark }) => mark));
    for (const mailbox of fenced) this.#fenced(mailbox);
    for (const running of leaving) {
      if (fenced.has(running.mark.mailbox)) continue;
      // Who left meanwhile is not in the batch any more.
      if (running.isEnded || this.#ofId.get(running.operation.id) !== running) {
        this.#writer.clear(running.mark);
      } else running.isMarked = true;
    }
  }

  listen(batcher: Batcher): void {
    batcher.events.subscribe((event) => this.#heard(event));
  }

  #heard(event: BatchEvent): void {
    if (event.type === "sent") this.#sent(event);
    else if (event.type === "answered") this.#answered(event);
    else if (event.type === "retried") this.#retried(event);
  }

  #sent(event: BatchEvent & { readonly type: "sent" }): void {
    const { batch, lane, wire, origin, bytes, reason, waitedMs, attempt } = event;
    const aboard = event.operations.map((id) => this.#ofId.get(id))
      .filter((running) => running !== undefined);
    for (const running of aboard) running.isOut = true;
    const placesOf = listenersOf(aboard);
    if (placesOf.size === 0) return;
    this.#listeners.set(batch, [...placesOf.keys()]);
    const told = {
      type: "sent",
      batch,
      lane,
      wire,
      origin,
      bytes,
      reason,
      waitedMs,
      attempt,
    } as const;
    for (const [waiter, places] of placesOf) waiter.heard({ ...told, places });
  }

  #answered(event: BatchEvent & { readonly type: "answered" }): void {
    const listeners = this.#listeners.get(event.batch);
    if (listeners === undefined) return;
    this.#listeners.delete(event.batch);
    const { status, requestId, clientRequestId, ...rest } = event;
    const told = {
      ...rest,
      ...(status === undefined ? {} : { status }),
      ...(requestId === undefined ? {} : { requestId }),
      ...(clientRequestId === undefined ? {} : { clientRequestId }),
    };
    for (const listener of listeners) listener.heard(told);
  }

  /** What is unsafe goes again only if it surely did not run (design rule 21): then its mark says too much. */
  #retried(event: BatchEvent & { readonly type: "retried" }): void {
    const running = this.#ofId.get(event.operation);
    if (running === undefined) return;
    running.isOut = false;
    if (running.isMarked && running.mark.isUnsafe) {
      running.isMarked = false;
      this.#writer.clear(running.mark);
    }
    const { lane, attempt, delayMs, status } = event;
    for (const [waiter, [place = 0]] of listenersOf([running])) {
      const told = { type: "retried", place, lane, attempt, delayMs } as const;
      waiter.heard(status === undefined ? told : { ...told, status });
    }
    if (running.waiters.size === 0) running.over();
  }
}

/** Each message hears of its own operations, by their places there. */
function listenersOf(aboard: readonly Running[]): ReadonlyMap<Waiter, readonly number[]> {
  const placesOf = new Map<Waiter, number[]>();
  for (const { waiters } of aboard) {
    for (const [waiter, places] of waiters) {
      if (!waiter.wantsEvents) continue;
      const known = placesOf.get(waiter);
      if (known === undefined) placesOf.set(waiter, [...places]);
      else known.push(...places);
    }
  }
  return placesOf;
}
