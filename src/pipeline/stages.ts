import type { Settings } from "../options/settings.ts";
import type { Transport } from "../transport/transport.ts";
import type { Wire } from "../wire/wire.ts";
import { Again } from "./answer/again/again.ts";
import { Answers } from "./answer/answer.ts";
import { Endings } from "./answer/ending.ts";
import type { GroupAnswers } from "./answer/match/group.ts";
import { Halves } from "./answer/refused/halves.ts";
import { Refusals } from "./answer/refused/refusals.ts";
import { Renewal } from "./answer/refused/renewal.ts";
import { Reply } from "./answer/read/reply.ts";
import { Expiry } from "./answer/again/expiry.ts";
import { Pauses } from "./answer/again/pauses.ts";
import { Retry } from "./answer/again/retry.ts";
import { Settle } from "./answer/settle.ts";
import { Waits } from "./answer/again/waits.ts";
import { Derive } from "./collect/derive.ts";
import { Lanes } from "./collect/lanes.ts";
import { Order } from "./collect/order.ts";
import { Pace } from "./collect/pace.ts";
import { Shares } from "./collect/share.ts";
import { Windows } from "./collect/window.ts";
import type { Edges, Surroundings } from "./edges.ts";
import { Events } from "./events.ts";
import { Gate } from "./gate.ts";
import { InHand } from "./in_hand.ts";
import { postCallsOf } from "./post_calls.ts";
import { Life } from "./life.ts";
import { Deadlines } from "./send/deadlines.ts";
import { Dispatch } from "./send/dispatch.ts";
import type { ReadAnswer } from "./send/exchange.ts";
import type { PostCalls } from "./send/post_stages.ts";
import { Seal } from "./send/seal.ts";
import { HeaderSets } from "./send/credentials/header_sets.ts";
import { Tokens } from "./send/credentials/token.ts";
import { Clock } from "./time/clock.ts";
import { Loop } from "./time/loop.ts";
import { Withdrawal } from "./withdrawal.ts";

/** A stream that is still open so long after its close delimiter is dropped, and its connection with it. */
const DRAIN_MS = 1_000;

/** The stages of one pipeline, in the order in which an operation meets them, and what each says to another. */
export class Stages {
  declare readonly wire: Wire;
  declare readonly settings: Settings;
  declare readonly transport: Transport;
  /** The server honours `dependsOn` within a batch. */
  declare readonly isNative: boolean;
  declare readonly loop: Loop;
  declare readonly clock: Clock;
  declare readonly events: Events;
  declare readonly inHand: InHand;
  /** What the answer to a group means, on a wire that carries any. */
  declare readonly groups: GroupAnswers | undefined;
  declare readonly gate: Gate;
  declare readonly order: Order;
  declare readonly derive: Derive;
  declare readonly lanes: Lanes;
  declare readonly shares: Shares;
  declare readonly windows: Windows;
  declare readonly dispatch: Dispatch;
  declare readonly pace: Pace;
  declare readonly seal: Seal;
  declare readonly tokens: Tokens;
  declare readonly headers: HeaderSets | undefined;
  declare readonly renewal: Renewal;
  declare readonly deadlines: Deadlines;
  declare readonly drains: Deadlines;
  declare readonly read: ReadAnswer;
  declare readonly postCalls: PostCalls;
  declare readonly expiry: Expiry;
  declare readonly waits: Waits;
  declare readonly pauses: Pauses;
  declare readonly retry: Retry;
  declare readonly settle: Settle;
  declare readonly halves: Halves;
  declare readonly answers: Answers;
  declare readonly again: Again;
  declare readonly endings: Endings;
  declare readonly withdrawal: Withdrawal;
  declare readonly life: Life;

  constructor(wire: Wire, settings: Settings, edges: Edges, { atRest, groups }: Surroundings) {
    this.wire = wire;
    this.settings = settings;
    this.transport = settings.transport((fallback) => {
      if (!this.events.isHeard) return;
      this.loop.run(() => this.events.emit({ type: "transport", ...fallback }));
    });
    this.isNative = wire.order === "native";
    this.loop = new Loop(() =>
      this.events.turn() || this.settle.turn() || this.derive.turn() || this.dispatch.turn()
    );
    this.clock = new Clock(settings.scheduler, this.loop);
    this.events = new Events(settings.events);
    this.inHand = new InHand();
    const known = wire.encodeGroup === undefined ? undefined : groups;
    this.groups = known?.answers;
    this.gate = new Gate(wire, settings, known && new known.Rules(wire, settings));
    this.order = new Order({
      release: (entry) => edges.release(entry),
      fail: (entry, need) => this.settle.failInTurnWith(entry, need),
    });
    this.derive = new Derive(this.gate, {
      release: (entry) => edges.release(entry),
      fail: (entry, error) => this.settle.failInTurn(entry, error),
    });
    this.lanes = new Lanes(this);
    this.shares = new Shares(settings.shareReads);
    this.windows = new Windows(this.clock, settings.maxWaitMs, {
      due: (lane, reason) => this.dispatch.due(lane, reason),
    });
    this.dispatch = new Dispatch(this, {
      post: (lane, reason) => edges.post(lane, reason),
      collectOn: (lane) => this.withdrawal.collectOn(lane),
    });
    this.pace = new Pace(settings.pace, this.clock, {
      changed: (lane) => this.withdrawal.ready(lane),
    });
    this.seal = new Seal(this, { failIfTooLate: (entry) => this.expiry.failIfTooLate(entry) });
    this.tokens = new Tokens(settings, this.loop);
    this.headers = settings.headers &&
      new HeaderSets(settings.headers, settings, this.loop);
    this.renewal = new Renewal(this);
    this.deadlines = new Deadlines(this.clock, settings.timeoutMs);
    this.drains = new Deadlines(this.clock, DRAIN_MS);
    this.read = (operations, listener) => new Reply(this, operations, listener);
    this.postCalls = postCallsOf(this, edges);
    this.expiry = new Expiry(this, (entry, error) => this.settle.failInTurn(entry, error));
    this.waits = new Waits(this.clock, {
      heldUntilMs: (entry, lane) => this.pauses.serviceUntilMs(entry, lane),
      again: (entry) => edges.again(entry),
      ready: (lane) => this.dispatch.unblock(lane),
      unparked: (lane) => this.withdrawal.rest(lane),
    });
    this.pauses = new Pauses(this, { thinned: (lane) => this.withdrawal.collectOn(lane) });
    this.retry = new Retry(this, {
      again: (entry) => edges.again(entry),
      fall: (entry, need) => this.settle.failInTurnWith(entry, need),
    });
    this.settle = new Settle(this.order, this.inHand, this.events, {
      detach: (entry, from) => this.withdrawal.detach(entry, from),
      leftCompany: (entry) => this.halves.settled(entry),
      emptied: () => this.life.rest(),
    });
    this.halves = new Halves(this);
    this.answers = new Answers(this);
    this.again = new Again(this);
    this.endings = new Endings(this.again, new Refusals(settings, this));
    this.withdrawal = new Withdrawal(this);
    this.life = new Life(this, edges.mark, { signal: settings.signal, atRest });
  }
}
