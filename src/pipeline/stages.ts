import type { Settings } from "../options/settings.ts";
import type { Wire } from "../wire/wire.ts";
import { Answers } from "./answer/answer.ts";
import { Clock } from "./time/clock.ts";
import { Deadlines } from "./send/deadlines.ts";
import { Dispatch, type DispatchCalls } from "./send/dispatch.ts";
import { Endings } from "./answer/ending.ts";
import { Events } from "./events.ts";
import { Gate } from "./gate.ts";
import { InHand } from "./in_hand.ts";
import { Lanes } from "./collect/lanes.ts";
import { Life } from "./life.ts";
import { Loop } from "./time/loop.ts";
import { Order, type OrderCalls } from "./collect/order.ts";
import type { PostCalls } from "./send/post.ts";
import { Retry, type RetryCalls } from "./answer/retry.ts";
import { Seal } from "./send/seal.ts";
import { Settle, type SettleCalls } from "./answer/settle.ts";
import { Tokens } from "./send/token.ts";
import { type WindowCalls, Windows } from "./collect/window.ts";

/** Everything that stages call: the edges between them. */
export type Edges =
  & OrderCalls
  & WindowCalls
  & DispatchCalls
  & PostCalls
  & RetryCalls
  & SettleCalls;

/** The stages of one pipeline, each made of those before it and of the edges. */
export class Stages {
  readonly wire: Wire;
  readonly settings: Settings;
  /** The server honours `dependsOn` within a batch. */
  readonly isNative: boolean;
  readonly loop: Loop;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly events: Events;
  readonly tokens: Tokens;
  readonly inHand: InHand;
  readonly gate: Gate;
  readonly order: Order;
  readonly lanes: Lanes;
  readonly windows: Windows;
  readonly dispatch: Dispatch;
  readonly seal: Seal;
  readonly retry: Retry;
  readonly settle: Settle;
  readonly answers: Answers;
  readonly endings: Endings;
  readonly life: Life;

  constructor(wire: Wire, settings: Settings, edges: Edges, atRest: () => void) {
    this.wire = wire;
    this.settings = settings;
    this.isNative = wire.order === "native";
    this.loop = new Loop(() => this.events.turn() || this.settle.turn() || this.dispatch.turn());
    this.clock = new Clock(settings.scheduler, this.loop);
    this.deadlines = new Deadlines(this.clock, settings.timeoutMs);
    this.events = new Events(settings.events);
    this.tokens = new Tokens(settings.token, this.loop);
    this.inHand = new InHand();
    this.gate = new Gate(wire, settings);
    this.order = new Order(edges);
    this.lanes = new Lanes(this.clock, {
      size: settings.maxBatchSize,
      bytes: settings.maxBatchBytes - (wire.frameBytes ?? 0),
    });
    this.windows = new Windows(this.clock, settings.maxWaitMs, edges);
    this.dispatch = new Dispatch(this.clock, {
      all: settings.concurrency,
      perLane: settings.concurrencyPerContext,
      chainsPerBatch: wire.chainsPerBatch ?? 1,
    }, edges);
    this.seal = new Seal(this);
    this.retry = new Retry(settings, this.clock, this.events, edges);
    this.settle = new Settle(this.order, this.inHand, this.events, edges);
    this.answers = new Answers(settings, this);
    this.endings = new Endings(settings, this);
    this.life = new Life(this, settings.signal, atRest);
  }
}
