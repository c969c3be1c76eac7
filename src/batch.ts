import type { BatchReason } from "./events.ts";
import type { Settings } from "./settings.ts";
import { Answers } from "./stage/answer.ts";
import { Clock } from "./stage/clock.ts";
import { Deadlines } from "./stage/deadlines.ts";
import { Dispatch, type DispatchCalls } from "./stage/dispatch.ts";
import { Endings } from "./stage/ending.ts";
import type { Entry, EntryState, Home, Submission } from "./stage/entry.ts";
import { Events } from "./stage/events.ts";
import { refused } from "./stage/failure.ts";
import { Formation } from "./stage/formation.ts";
import { Gate } from "./stage/gate.ts";
import { InHand } from "./stage/in_hand.ts";
import type { Lane } from "./stage/lane.ts";
import { Lanes } from "./stage/lanes.ts";
import { Loop } from "./stage/loop.ts";
import { Order, type OrderCalls } from "./stage/order.ts";
import { Post, type PostContext } from "./stage/post.ts";
import type { PostEnd } from "./stage/reply.ts";
import { Retry, type RetryCalls } from "./stage/retry.ts";
import { Seal } from "./stage/seal.ts";
import { Settle, type SettleCalls } from "./stage/settle.ts";
import { Tokens } from "./stage/token.ts";
import { type WindowCalls, Windows } from "./stage/window.ts";
import type { ResponseHead } from "./transport/transport.ts";
import type { Part, Wire } from "./wire/wire.ts";

type Edges = OrderCalls & WindowCalls & DispatchCalls & RetryCalls & SettleCalls & PostContext;

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
  readonly wire: Wire;
  readonly settings: Settings;
  readonly loop: Loop = new Loop(() =>
    this.events.turn() || this.#settle.turn() || this.#dispatch.turn()
  );
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly events: Events;
  readonly tokens: Tokens;
  readonly answered: Submission = {
    home: this,
    state: "answered",
    error: undefined,
    elsewhere: undefined,
  };
  readonly #inHand = new InHand();
  readonly #order = new Order(this);
  readonly #lanes: Lanes;
  readonly #windows: Windows;
  readonly #dispatch: Dispatch;
  readonly #gate: Gate;
  readonly #seal: Seal;
  readonly #retry: Retry;
  readonly #settle: Settle;
  readonly #answers: Answers;
  readonly #endings: Endings;
  readonly #atRest: () => void;
  #postCount = 0;

  /** @param atRest is called whenever nothing is in hand any more */
  constructor(wire: Wire, settings: Settings, atRest: () => void) {
    this.wire = wire;
    this.settings = settings;
    this.#atRest = atRest;
    this.clock = new Clock(settings.scheduler, this.loop);
    this.deadlines = new Deadlines(this.clock, settings.timeoutMs);
    this.events = new Events(settings.events);
    this.tokens = new Tokens(settings.token, this.loop);
    this.#lanes = new Lanes(this.clock, {
      size: settings.maxBatchSize,
      bytes: settings.maxBatchBytes - (wire.frameBytes ?? 0),
    });
    this.#windows = new Windows(this.clock, settings.maxWaitMs, this);
    this.#dispatch = new Dispatch(this.clock, {
      all: settings.concurrency,
      perLane: settings.concurrencyPerContext,
      chainsPerBatch: wire.chainsPerBatch ?? 1,
    }, this);
    this.#gate = new Gate(wire, settings);
    this.#retry = new Retry(settings, this.clock, this.events, this);
    this.#settle = new Settle(this.#order, this.#inHand, this.events, this);
    const { clock, loop, tokens } = this;
    this.#seal = new Seal({
      clock,
      dispatch: this.#dispatch,
      gate: this.#gate,
      lanes: this.#lanes,
      order: this.#order,
      windows: this.#windows,
    }, this.#isNative);
    const stages = { clock, loop, tokens, retry: this.#retry, settle: this.#settle };
    this.#answers = new Answers(settings, stages);
    this.#endings = new Endings(settings, stages);
  }

  /** In: what cannot be sent fails alone; what must wait is held; the rest joins its lane. */
  submit(entry: Entry): void {
    this.loop.enter();
    try {
      if (this.#inHand.isEmpty) this.settings.signal?.addEventListener("abort", this.#stop);
      this.#inHand.add(entry);
      this.#order.record(entry);
      const error = this.#gate.admit(entry) ?? this.#order.hold(entry);
      const isHeld = error !== undefined || (entry.waits > 0 && !this.#mayFollow(entry));
      if (!isHeld) this.release(entry);
      if (this.events.isHeard) {
        const lane = isHeld ? undefined : this.#lanes.find(entry.context!)?.number;
        this.events.emit({ type: "queued", operation: entry.operation.id, lane });
      }
      if (error !== undefined) this.#settle.failed(entry, error);
    } finally {
      this.loop.exit();
    }
  }

  /** Order: nothing holds it back, so it joins its lane; so do those that may go with it, a batch at most. */
  release(entry: Entry): void {
    this.#join(entry);
    if (!this.#isNative) return;
    let next = this.#order.followerOf(entry);
    for (let left = this.wire.maxBatchSize - 1; next !== undefined && left > 0; left--) {
      this.#join(next);
      next = this.#order.followerOf(next);
    }
  }

  /** Its window opens or is full. */
  #join(entry: Entry): void {
    try {
      entry.encoded ??= this.wire.encodeOne(entry.operation, entry.context!);
    } catch (cause) {
      return this.#settle.fail(entry, refused(entry, cause));
    }
    const lane = this.#lanes.of(entry.context!);
    // Contexts with one key are one from here on, or each operation that waits would keep its own.
    entry.context = lane.context;
    // Whoever opens a window must be right about the time; whoever comes with others may share their look at it.
    entry.queuedAtMs = lane.live === 0 ? this.clock.now() : this.clock.recently();
    lane.push(entry);
    this.#windows.grew(lane);
    if (lane.pausedUntilMs > 0) this.#retry.watch(lane);
  }

  /** Window: the lane has collected enough, or for long enough. */
  due(lane: Lane, reason: BatchReason): void {
    this.#dispatch.due(lane, reason);
  }

  isDue(lane: Lane): boolean {
    return this.#windows.dueNow(lane) !== undefined;
  }

  isChainNext(lane: Lane): boolean {
    return this.#isNative && Formation.isChainNext(this.#order, lane);
  }

  collectOn(lane: Lane): void {
    if (lane.live === 0 && lane.reserved > 0) this.tokens.desert(lane);
    this.#windows.review(lane);
    this.#restLane(lane);
  }

  /** Dispatch: the lane has got a slot. */
  post(lane: Lane, reason: BatchReason): void {
    new Post(this, lane, ++this.#postCount, reason).start();
    // While it waits for its token, those behind it need not.
    this.#windows.review(lane);
  }

  /** Post: the token is there, so the batch is sealed. */
  seal(post: Post): readonly Entry[] {
    return this.#seal.seal(post);
  }

  /** Post: an answer, or an error that nobody waits for, may ask for a pause. */
  obey(lanes: readonly Lane[], headers: ResponseHead["headers"]): void {
    for (const lane of lanes) this.#retry.obey(lane, headers);
  }

  /** Post: a part has come. */
  answer(post: Post, entry: Entry, part: Part): void {
    this.#answers.part(post, entry, part);
  }

  /** Post: it is over, its slot is free, and whoever got no part goes again or fails. */
  ended(post: Post, end: PostEnd, unanswered: readonly Entry[]): void {
    for (const entry of post.entries) {
      if (entry.flight !== post) continue;
      entry.flight = undefined;
      if (entry.isSettled) this.#order.endTurn(entry);
    }
    this.#dispatch.ended(post.lanes, post.isChain);
    this.#endings.ended(post, end, unanswered);
    for (const { entry, part } of post.deferred) this.#answers.deferred(post, entry, part);
    for (const lane of post.lanes) this.#restLane(lane);
  }

  /** Retry: it will go again. */
  waits(entry: Entry): void {
    entry.state = "held";
    this.#gate.waiting++;
  }

  /** Retry: back to its lane, or to wait for what it depends on. */
  again(entry: Entry): void {
    entry.state = "held";
    if (entry.waits === 0 || this.#mayFollow(entry)) this.release(entry);
  }

  resume(lane: Lane): void {
    this.#dispatch.unblock(lane);
  }

  unparked(lane: Lane): void {
    this.#restLane(lane);
  }

  /** Order: one that it depends on has failed or left. */
  fail(entry: Entry, need: Entry): void {
    this.#settle.fall(entry, need);
  }

  /** Settle: out of wherever it waits. */
  detach(entry: Entry, from: EntryState): void {
    if (from === "flying" || from === "checking") {
      entry.flight?.lose();
      return;
    }
    this.#gate.waiting--;
    if (from === "held") return;
    const lane = this.#lanes.of(entry.context!);
    if (from === "parked") return this.#retry.withdraw(entry, lane);
    lane.withdraw(entry);
    if (lane.live === 0) this.collectOn(lane);
  }

  emptied(): void {
    this.settings.signal?.removeEventListener("abort", this.#stop);
    this.#atRest();
  }

  /** Somebody unsubscribed. */
  leave(entry: Entry): void {
    this.loop.run(() => this.#settle.left(entry));
  }

  /** Everybody unsubscribed at once, and nothing more can come. */
  abandon(): void {
    this.#gate.isClosed = true;
    this.loop.run(() => {
      for (let entry = this.#inHand.first; entry !== undefined; entry = this.#inHand.first) {
        this.#settle.left(entry);
      }
    });
  }

  /** Nobody waits for count or time any more. */
  flush(reason: "flush" | "complete"): void {
    this.loop.run(() => {
      for (const lane of this.#lanes) {
        if (lane.live === 0) continue;
        lane.flushedFor = reason;
        this.#windows.review(lane);
      }
    });
  }

  /** Nothing more is taken in. */
  close(): void {
    this.#gate.isClosed = true;
  }

  /** Nothing more will happen. */
  finish(): void {
    this.loop.run(() => this.events.complete());
  }

  get isOver(): boolean {
    return this.#gate.isClosed && this.#inHand.isEmpty;
  }

  get isAtRest(): boolean {
    return this.#inHand.isEmpty;
  }

  /** The signal has aborted: everything in hand fails with its reason. */
  readonly #stop = (): void => {
    this.loop.run(() => {
      for (let entry = this.#inHand.first; entry !== undefined; entry = this.#inHand.first) {
        this.#settle.failed(entry, this.#gate.closedError(entry));
      }
    });
  };

  #mayFollow(entry: Entry): boolean {
    return this.#isNative && this.#order.canFollow(entry);
  }

  get #isNative(): boolean {
    return this.wire.order === "native";
  }

  #restLane(lane: Lane): void {
    if (lane.live === 0) this.#dispatch.forget(lane);
    this.#retry.rest(lane);
    this.#lanes.dropIfIdle(lane);
  }
}
