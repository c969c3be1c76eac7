import type { Observable } from "rxjs";
import type { BatchEvent, BatchReason } from "../options/events.ts";
import type { Settings } from "../options/settings.ts";
import type { Part, Wire } from "../wire/wire.ts";
import type { Lane } from "./collect/lane.ts";
import { type Entry, type Home, Mark } from "./entry.ts";
import { refused } from "./gate.ts";
import type { Life } from "./life.ts";
import type { PostEnd } from "./send/exchange.ts";
import type { Batch } from "./send/batch.ts";
import { Post } from "./send/post.ts";
import type { Edges, Surroundings } from "./edges.ts";
import { Stages } from "./stages.ts";
import { unreadable } from "./answer/unreadable.ts";

/**
 * The pipeline, for any wire and any transport. Its methods are what an operation meets, in that order; what only two
 * stages say to each other is wired in `stages.ts`.
 *
 * ```
 * submit ─▶ order ─▶ lane ─▶ window ─▶ dispatch ─▶ post ─▶ answer ─▶ settle ─▶ its own subscriber
 *             ▲        ▲                   ▲          │        │        │
 *             │        └────── again ──────┼──────────┴────────┘        │
 *             │                            └── slot free (ended)        │
 *             └─────────────────────── settled ─────────────────────────┘
 * ```
 */
export class Pipeline implements Home, Edges {
  declare readonly life: Life;
  readonly mark: Mark = new Mark();
  readonly #stages: Stages;
  #postCount = 0;

  constructor(wire: Wire, settings: Settings, surroundings: Surroundings) {
    this.#stages = new Stages(wire, settings, this, surroundings);
    this.life = this.#stages.life;
  }

  /** In: what cannot be sent fails alone; what must wait for others is held; the rest joins its lane. */
  submit(entry: Entry): void {
    const { loop, life, order, gate, events, lanes, settle, wire } = this.#stages;
    loop.enter();
    try {
      life.take(entry);
      order.record(entry);
      const refusal = gate.admit(entry);
      // A wire may ask code of the user's, which may abort the signal: whoever is settled takes no turn, and joins no lane.
      const error = entry.isSettled ? refusal : refusal ?? order.hold(entry);
      const isHeld = error !== undefined || entry.isSettled ||
        (entry.waits > 0 && !this.#mayFollow(entry));
      if (!isHeld) this.release(entry);
      if (events.isHeard) {
        const lane = isHeld || !entry.context ? undefined : lanes.find(entry)?.number;
        const { id, label } = entry.operation;
        events.emit({ type: "queued", operation: id, label, wire: wire.name, lane });
        events.tellNow();
      }
      if (error !== undefined) settle.failed(entry, error);
    } catch (cause) {
      // Code of the user's may throw anywhere: what is in hand must settle, or `close()` waits for ever.
      if (entry.isSettled) throw cause;
      settle.failed(entry, refused(entry, cause));
    } finally {
      loop.exit();
    }
  }

  /** Order: nothing holds it back, so it joins its lane; so do those that may go with it, a batch at most. */
  release(entry: Entry): void {
    const { derive, isNative, order, wire } = this.#stages;
    if (entry.built === undefined) return derive.add(entry);
    this.#join(entry);
    if (!isNative) return;
    let next = order.followerOf(entry);
    for (let left = wire.maxBatchSize - 1; next !== undefined && left > 0; left--) {
      this.#join(next);
      next = order.followerOf(next);
    }
  }

  /** Lane: its window opens or is full, which makes the lane due for a slot. */
  #join(entry: Entry): void {
    const { clock, lanes, pauses, settle, shares, windows } = this.#stages;
    try {
      entry.encoded ??= this.#stages.gate.encode(entry);
    } catch (cause) {
      return settle.failInTurn(entry, refused(entry, cause));
    }
    // What writes its body is code of the user's, too.
    if (entry.isSettled) return;
    const lane = lanes.of(entry);
    // Contexts with one key are one from here on, or each operation that waits would keep its own.
    entry.context = lane.context;
    // Whoever opens a window must be right about the time; whoever comes with others may share their look at it.
    entry.queuedAtMs = lane.live === 0 ? clock.now() : clock.recently();
    if (pauses.parkIfPaused(entry, lane)) return;
    shares.join(entry);
    lane.push(entry);
    windows.grew(lane);
    if (lane.readyAtMs > 0) pauses.joined(entry, lane);
  }

  /** Dispatch: the lane has got a slot, so a POST takes its next batch as soon as there is a token. */
  post(lane: Lane, reason: BatchReason): void {
    new Post(this.#stages, { lane, number: ++this.#postCount, reason }).start();
    // While it waits for its token, those behind it need not.
    this.#stages.windows.review(lane);
  }

  /** Post: what its part means for an operation; where its wire throws at that, it fails alone. */
  answer(batch: Batch, entry: Entry, part: Part): void {
    try {
      this.#stages.answers.part(batch, entry, part);
    } catch (cause) {
      this.#unread(entry, cause);
    }
  }

  /** Post: all parts have gone to `answers`, its slot is free, and whoever got no part goes again or fails. */
  ended(batch: Batch, end: PostEnd, unanswered: readonly Entry[]): void {
    const { answers, dispatch, endings, withdrawal } = this.#stages;
    for (const entry of batch.aboard) if (entry.flight === batch) this.landed(entry);
    dispatch.ended(batch.lanes, batch.isChain);
    try {
      endings.ended(batch, end, unanswered);
      for (const deferred of batch.deferred) answers.deferral.end(batch, deferred);
    } catch (cause) {
      for (const entry of batch.aboard) this.#unread(entry, cause);
    }
    for (const lane of batch.lanes) withdrawal.rest(lane);
    this.life.landed();
  }

  /** Post: the entry is out no more, so the next of its ordering key may be. */
  landed(entry: Entry): void {
    entry.flight = undefined;
    if (entry.isSettled) this.#stages.order.endTurn(entry);
  }

  /** Post: it carries these no more, and is no concern any more of a lane that they alone were of. */
  takenOut(batch: Batch, entries: readonly Entry[]): void {
    for (const entry of entries) this.landed(entry);
    for (const lane of this.#stages.seal.thin(batch)) this.#stages.withdrawal.rest(lane);
  }

  /** Retry: back to its lane, or to wait for what it depends on. */
  again(entry: Entry): void {
    const { order, settle } = this.#stages;
    entry.state = "held";
    const need = order.fallenNeed(entry);
    if (need !== undefined) return settle.failInTurnWith(entry, need);
    if (entry.waits === 0 || this.#mayFollow(entry)) this.release(entry);
  }

  /** From outside: somebody unsubscribed. */
  leave(entry: Entry): void {
    this.#stages.loop.run(() => this.#stages.settle.left(entry));
  }

  /** From outside: nothing more will come, and what waits is flushed. */
  close(): void {
    const { lanes, loop, pauses } = this.#stages;
    this.life.close();
    loop.run(() => {
      pauses.closed(lanes);
      this.flush("flush");
    });
  }

  /** From outside: nobody waits for count or time any more. */
  flush(reason: "flush" | "complete"): void {
    const { lanes, loop, windows } = this.#stages;
    loop.run(() => {
      for (const lane of lanes) {
        if (lane.live === 0) continue;
        lane.flushedFor = reason;
        windows.review(lane);
      }
    });
  }

  /** From outside: all that is submitted while `work` runs comes together. */
  inOneRun(work: () => void): void {
    this.#stages.clock.inOneRun(work);
  }

  get events$(): Observable<BatchEvent> {
    return this.#stages.events.events$;
  }

  /** Nobody could judge its answer: unless it goes again already, it must not wait for ever. */
  #unread(entry: Entry, cause: unknown): void {
    if (entry.state !== "flying") return;
    this.#stages.settle.failed(entry, unreadable(entry, cause, undefined));
  }

  #mayFollow(entry: Entry): boolean {
    return this.#stages.isNative && this.#stages.order.canFollow(entry);
  }
}
