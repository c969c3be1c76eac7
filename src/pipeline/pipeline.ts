import type { Observable } from "rxjs";
import type { BatchEvent, BatchReason } from "../options/events.ts";
import type { Settings } from "../options/settings.ts";
import type { Entry, EntryState, Home, Submission } from "./entry.ts";
import { refused } from "./answer/failure.ts";
import { Formation } from "./collect/formation.ts";
import type { Lane } from "./collect/lane.ts";
import type { Life } from "./life.ts";
import { Post } from "./send/post.ts";
import type { PostEnd } from "./answer/reply.ts";
import { type Edges, Stages } from "./stages.ts";
import type { ResponseHead } from "../transport/transport.ts";
import type { Part, Wire } from "../wire/wire.ts";

/**
 * The pipeline, for any wire and any transport. Its methods are its edges, in the order in which an operation meets them:
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
  readonly life: Life;
  readonly answered: Submission = {
    home: this,
    state: "answered",
    error: undefined,
    elsewhere: undefined,
  };
  readonly #stages: Stages;
  #postCount = 0;

  /** @param atRest is called whenever nothing is in hand any more */
  constructor(wire: Wire, settings: Settings, atRest: () => void) {
    this.#stages = new Stages(wire, settings, this, atRest);
    this.life = this.#stages.life;
  }

  /** In: what cannot be sent fails alone; what must wait is held; the rest joins its lane. */
  submit(entry: Entry): void {
    const { loop, life, order, gate, events, lanes, settle } = this.#stages;
    loop.enter();
    try {
      life.take(entry);
      order.record(entry);
      const error = gate.admit(entry) ?? order.hold(entry);
      const isHeld = error !== undefined || (entry.waits > 0 && !this.#mayFollow(entry));
      if (!isHeld) this.release(entry);
      if (events.isHeard) {
        const lane = isHeld ? undefined : lanes.find(entry.context!)?.number;
        events.emit({ type: "queued", operation: entry.operation.id, lane });
      }
      if (error !== undefined) settle.failed(entry, error);
    } finally {
      loop.exit();
    }
  }

  /** Order: nothing holds it back, so it joins its lane; so do those that may go with it, a batch at most. */
  release(entry: Entry): void {
    const { isNative, order, wire } = this.#stages;
    this.#join(entry);
    if (!isNative) return;
    let next = order.followerOf(entry);
    for (let left = wire.maxBatchSize - 1; next !== undefined && left > 0; left--) {
      this.#join(next);
      next = order.followerOf(next);
    }
  }

  /** Lane: its window opens or is full. */
  #join(entry: Entry): void {
    const { clock, lanes, retry, settle, windows, wire } = this.#stages;
    try {
      entry.encoded ??= wire.encodeOne(entry.operation, entry.context!);
    } catch (cause) {
      return settle.fail(entry, refused(entry, cause));
    }
    const lane = lanes.of(entry.context!);
    // Contexts with one key are one from here on, or each operation that waits would keep its own.
    entry.context = lane.context;
    // Whoever opens a window must be right about the time; whoever comes with others may share their look at it.
    entry.queuedAtMs = lane.live === 0 ? clock.now() : clock.recently();
    lane.push(entry);
    windows.grew(lane);
    if (lane.pausedUntilMs > 0) retry.watch(lane);
  }

  /** Window: the lane has collected enough, or for long enough. */
  due(lane: Lane, reason: BatchReason): void {
    this.#stages.dispatch.due(lane, reason);
  }

  /** Dispatch: the lane has got a slot. */
  post(lane: Lane, reason: BatchReason): void {
    new Post(this.#stages, this, { lane, number: ++this.#postCount, reason }).start();
    // While it waits for its token, those behind it need not.
    this.#stages.windows.review(lane);
  }

  /** Post: the token is there, so the batch is sealed. */
  seal(post: Post): readonly Entry[] {
    return this.#stages.seal.seal(post);
  }

  /** Post: a part has come. */
  answer(post: Post, entry: Entry, part: Part): void {
    this.#stages.answers.part(post, entry, part);
  }

  /** Post: it is over, its slot is free, and whoever got no part goes again or fails. */
  ended(post: Post, end: PostEnd, unanswered: readonly Entry[]): void {
    const { answers, dispatch, endings, order } = this.#stages;
    for (const entry of post.entries) {
      if (entry.flight !== post) continue;
      entry.flight = undefined;
      if (entry.isSettled) order.endTurn(entry);
    }
    dispatch.ended(post.lanes, post.isChain);
    endings.ended(post, end, unanswered);
    for (const { entry, part } of post.deferred) answers.deferred(post, entry, part);
    for (const lane of post.lanes) this.#rest(lane);
  }

  /** Retry: it will go again. */
  waits(entry: Entry): void {
    entry.state = "held";
    this.#stages.gate.waiting++;
  }

  /** Retry: back to its lane, or to wait for what it depends on. */
  again(entry: Entry): void {
    entry.state = "held";
    if (entry.waits === 0 || this.#mayFollow(entry)) this.release(entry);
  }

  /** Order: one that it depends on has failed or left. */
  fail(entry: Entry, need: Entry): void {
    this.#stages.settle.fall(entry, need);
  }

  /** Settle: out of wherever it waits. */
  detach(entry: Entry, from: EntryState): void {
    if (from === "flying" || from === "checking") {
      entry.flight?.lose();
      return;
    }
    const { gate, lanes, retry } = this.#stages;
    gate.waiting--;
    if (from === "held") return;
    const lane = lanes.of(entry.context!);
    if (from === "parked") return retry.withdraw(entry, lane);
    lane.withdraw(entry);
    if (lane.live === 0) this.collectOn(lane);
  }

  /** Settle: that was the last one. */
  emptied(): void {
    this.life.rest();
  }

  /** From outside: somebody unsubscribed. */
  leave(entry: Entry): void {
    this.#stages.loop.run(() => this.#stages.settle.left(entry));
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

  /** Dispatch: somebody may have left since the lane was due. */
  isDue(lane: Lane): boolean {
    return this.#stages.windows.dueNow(lane) !== undefined;
  }

  /** Dispatch: a chain takes less of the lane's share. */
  isChainNext(lane: Lane): boolean {
    return this.#stages.isNative && Formation.isChainNext(this.#stages.order, lane);
  }

  /** Dispatch, settle: too few are left to post. */
  collectOn(lane: Lane): void {
    const { tokens, windows } = this.#stages;
    if (lane.live === 0 && lane.reserved > 0) tokens.desert(lane);
    windows.review(lane);
    this.#rest(lane);
  }

  /** Post: an answer, or an error that nobody waits for, may ask for a pause. */
  obey(lanes: readonly Lane[], headers: ResponseHead["headers"]): void {
    for (const lane of lanes) this.#stages.retry.obey(lane, headers);
  }

  /** Retry: its pause is over. */
  resume(lane: Lane): void {
    this.#stages.dispatch.unblock(lane);
  }

  /** Retry: one fewer waits alone there. */
  unparked(lane: Lane): void {
    this.#rest(lane);
  }

  get isOver(): boolean {
    return this.life.isOver;
  }

  get events$(): Observable<BatchEvent> {
    return this.#stages.events.events$;
  }

  #mayFollow(entry: Entry): boolean {
    return this.#stages.isNative && this.#stages.order.canFollow(entry);
  }

  #rest(lane: Lane): void {
    const { dispatch, lanes, retry } = this.#stages;
    if (lane.live === 0) dispatch.forget(lane);
    retry.rest(lane);
    lanes.dropIfIdle(lane);
  }
}
