import { BatchTimeoutError } from "../../operation/errors.ts";
import type { BatchReason } from "../../options/events.ts";
import { headerOf } from "../../operation/headers.ts";
import { membersOf } from "../../operation/atomic.ts";
import { isSafe } from "../../operation/operation.ts";
import type { Settings } from "../../options/settings.ts";
import type { ResponseHead, Transport } from "../../transport/transport.ts";
import type { Part, Wire } from "../../wire/wire.ts";
import type { Clock } from "../time/clock.ts";
import { Preparation, type PreparationListener } from "./preparation.ts";
import type { Pace } from "../collect/pace.ts";
import type { Deadlines, Timed } from "./deadlines.ts";
import type { Entry, Flight } from "../entry.ts";
import type { Events } from "../events.ts";
import type { Lane } from "../collect/lane.ts";
import type { AnswerListener, AnswerReading, PostEnd, ReadAnswer } from "./exchange.ts";
import type { HeaderSets } from "./credentials/header_sets.ts";
import { LazyRequest } from "./lazy_request.ts";
import type { Loop } from "../time/loop.ts";
import { answeredEvent, sentEvent } from "./post_events.ts";
import { safely } from "../time/safely.ts";
import { Riders } from "./riders.ts";
import type { Tokens } from "./credentials/token.ts";
import type { TokenReceiver } from "./credentials/token_ask.ts";

/** What every POST of a pipeline is made with. */
export interface PostStages {
  readonly wire: Wire;
  readonly settings: Settings;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly loop: Loop;
  readonly events: Events;
  readonly tokens: Tokens;
  readonly headers: HeaderSets;
  readonly pace: Pace;
  readonly read: ReadAnswer;
  /** What it tells others. */
  readonly postCalls: PostCalls;
}

/** What a POST calls. */
export interface PostCalls {
  /** Takes the next batch out of its lane, and out of others that may share it. */
  seal(post: Post): readonly Entry[];
  /** The answer, or an error in it, may ask for a pause, whether anybody waits for it or not. */
  obey(lanes: readonly Lane[], headers: ResponseHead["headers"], date?: string): void;
  /** A limit of the server is near. */
  slowDown(lane: Lane, delayMs: number): void;
  /** It depends on one that has fallen meanwhile: then it fails. */
  falls(entry: Entry): boolean;
  /** A part has come for an entry that still waits. */
  answer(post: Post, entry: Entry, part: Part): void;
  /** It is over; these entries got no part. */
  ended(post: Post, end: PostEnd, unanswered: readonly Entry[]): void;
}

/** One batch POST, from taking the slot to the last byte. */
export class Post implements Flight, Timed, TokenReceiver, PreparationListener, AnswerListener {
  /** The one that got the slot. */
  readonly lane: Lane;
  /** All whose operations it carries, that one first. */
  readonly lanes: Lane[];
  readonly number: number;
  readonly reason: BatchReason;
  /** Each of its operations depends on the one before it. */
  isChain = false;
  /** The token that it went with. */
  token: string | undefined = undefined;
  /** The headers that were asked for, as one text. */
  headerSet: string | undefined = undefined;
  /** Some of it goes again with fresh headers: each at most once, so whatever stands behind it may too. */
  isRenewed = false;
  /** How many operations its answer has settled. */
  settledCount = 0;
  /** Parts that make sense only once the others are there. */
  readonly deferred: { readonly entry: Entry; readonly part: Part }[] = [];
  /** Who shares a place with another. */
  readonly riders: Riders = new Riders();
  readonly #stages: PostStages;
  readonly #calls: PostCalls;
  #request: LazyRequest | undefined = undefined;
  #entries: readonly Entry[] = [];
  #preparation: Preparation | undefined = undefined;
  #headerReceiver: TokenReceiver | undefined = undefined;
  #reply: AnswerReading | undefined = undefined;
  #hasLost = false;
  #isSealed = false;
  #isEnded = false;
  #sentAtMs: number | undefined = undefined;

  constructor(
    stages: PostStages,
    { lane, number, reason }: { lane: Lane; number: number; reason: BatchReason },
  ) {
    this.#stages = stages;
    this.#calls = stages.postCalls;
    this.lane = lane;
    this.lanes = [lane];
    this.number = number;
    this.reason = reason;
  }

  /** What it carries, in the order of the batch. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** The same, with all who share a place. */
  get aboard(): readonly Entry[] {
    return this.riders.all(this.#entries);
  }

  /** It went without an Authorization of anybody's. */
  get isAnonymous(): boolean {
    return this.#request !== undefined &&
      headerOf(this.#request.headers, "authorization") === undefined;
  }

  /** The answer's own time. */
  get date(): string | undefined {
    return this.#reply?.head?.headers["date"];
  }

  laneOf(entry: Entry): Lane {
    const { lane, lanes } = this;
    if (lanes.length === 1) return lane;
    return lanes.find((one) => one.takes(entry))!;
  }

  start(): void {
    const { deadlines, tokens } = this.#stages;
    deadlines.started(this);
    if (this.lane.context.authorization !== undefined) this.tokenCame(undefined);
    else tokens.ask(this.lane, this);
  }

  tokenCame(token: string | undefined): void {
    if (this.#isEnded) return;
    this.token = token;
    const { headers, settings } = this.#stages;
    if (settings.headers === undefined) return this.#fill();
    this.#headerReceiver = {
      tokenCame: (set) => this.#headersCame(set),
      tokenFailed: (cause) => this.tokenFailed(cause),
      tokenUnneeded: () => this.tokenUnneeded(),
    };
    headers.ask(this.lane, this.#headerReceiver);
  }

  #headersCame(set: string | undefined): void {
    if (this.#isEnded) return;
    this.headerSet = set;
    this.#fill();
  }

  #fill(): void {
    this.#seal();
    if (this.#entries.length === 0) this.ended({ kind: "abandoned" });
    else this.#prepare();
  }

  tokenFailed(cause: unknown): void {
    if (this.#isEnded) return;
    this.#seal();
    this.ended({ kind: "not sent", cause });
  }

  tokenUnneeded(): void {
    this.#seal();
    this.ended({ kind: "abandoned" });
  }

  lose(): void {
    this.#hasLost = true;
    this.#abortIfUseless();
  }

  #seal(): void {
    this.#isSealed = true;
    this.#entries = this.#calls.seal(this);
  }

  /** Until `beforeSend` has resolved nothing is out (design rule 33). */
  #prepare(): void {
    const { settings: { beforeSend }, loop } = this.#stages;
    if (beforeSend === undefined) return this.#send();
    this.#preparation = new Preparation(loop);
    const operations = this.#entries.flatMap((entry) => membersOf(entry.built!));
    this.#preparation.ask(beforeSend, { operations, lane: this.lane }, this);
  }

  prepared(): void {
    const { clock } = this.#stages;
    const hasFallen = (entry: Entry) => this.#isAwaited(entry) && this.#calls.falls(entry);
    // Whoever is told of it may leave, and others fall with him.
    while (!this.#isEnded && this.aboard.some(hasFallen));
    if (this.#isEnded) return;
    this.#entries = this.riders.places(this.#entries, (entry) => this.#isAwaited(entry));
    const now = clock.now();
    const isPaused = this.lanes.some(({ pausedUntilMs }) => pausedUntilMs > now);
    if (isPaused) this.ended({ kind: "put back" });
    else this.#send();
  }

  unprepared(cause: unknown): void {
    this.ended({ kind: "forbidden", cause });
  }

  #isAwaited(entry: Entry): boolean {
    return entry.flight === this && !entry.isSettled;
  }

  #send(): void {
    const { transport, clock } = this.#stages;
    let request: LazyRequest;
    try {
      request = this.#encode();
    } catch (cause) {
      return this.ended({ kind: "not sent", cause });
    }
    this.#request = request;
    this.#sentAtMs = clock.now();
    this.#stages.pace.sent(this.lanes, this);
    this.#tellSent(request.body.length);
    // A listener of events may have made everybody leave.
    if (this.#isEnded) return;
    const operations = this.#entries.map((entry) => entry.built!);
    this.#reply = this.#stages.read(operations, this);
    this.#reply.listen(() => transport(request));
  }

  #encode(): LazyRequest {
    const { context } = this.lane;
    const { wire } = this.#stages;
    const encoded = this.#entries.map((entry) => entry.encoded!);
    const isChain = wire.order === "native" && this.#entries.some((entry) => entry.waits > 0);
    const shape = isChain ? "chain" : "parallel";
    const { method, url, headers, body } = wire.encode(encoded, context, shape, this.#ownHeaders());
    const authorization = context.authorization ??
      (this.token === undefined ? undefined : `Bearer ${this.token}`);
    const content = {
      method,
      url,
      headers: authorization === undefined ? headers : { Authorization: authorization, ...headers },
      body,
    };
    return new LazyRequest(content);
  }

  #ownHeaders(): Readonly<Record<string, string>> | undefined {
    if (this.headerSet === undefined) return undefined;
    return JSON.parse(this.headerSet) as Record<string, string>;
  }

  /** Whatever its status: beside throttled parts the batch itself says 200. */
  began({ headers }: ResponseHead): void {
    this.#calls.obey(this.lanes, headers);
    for (const lane of this.lanes) this.#heed(lane, headers);
  }

  #heed(lane: Lane, headers: ResponseHead["headers"]): void {
    const delayMs = this.#stages.wire.nearLimitMs?.(headers);
    if (delayMs !== undefined) this.#calls.slowDown(lane, delayMs);
  }

  deliver(place: number, part: Part): void {
    const entry = this.#entries[place]!;
    let isHeard = this.#answer(entry, part);
    for (const rider of this.riders.of(entry)) if (this.#answer(rider, part)) isHeard = true;
    // Of what has left nobody keeps the lane.
    if (!isHeard) return this.stray(part);
    if (this.#hasLost) this.#abortIfUseless();
  }

  /** @returns whether it still waits */
  #answer(entry: Entry, part: Part): boolean {
    if (!this.#isAwaited(entry)) return false;
    this.#heed(this.laneOf(entry), part.headers);
    this.#calls.answer(this, entry, part);
    return true;
  }

  /** Nobody is told what it says, but when it asks for a pause that counts. */
  stray(part: Part): void {
    for (const lane of this.lanes) this.#heed(lane, part.headers);
    if (part.status >= 400) this.#calls.obey(this.lanes, part.headers, this.date);
    for (const member of part.members ?? []) this.stray(member);
  }

  /** A POST that nobody waits for is aborted, unless that could leave a change half made (design rule 19). */
  #abortIfUseless(): void {
    if (this.#isEnded || this.aboard.some((entry) => this.#isAwaited(entry))) return;
    const mayAbort = this.#stages.settings.abortUnsafe || this.#sentAtMs === undefined ||
      this.#entries.every((entry) => membersOf(entry.built!).every(isSafe));
    if (mayAbort) this.ended({ kind: "abandoned" });
  }

  timeOut(): void {
    if (!this.#isSealed) {
      this.#stages.tokens.leave(this);
      if (this.#headerReceiver !== undefined) this.#stages.headers.leave(this.#headerReceiver);
      this.#seal();
    }
    const cause = new BatchTimeoutError(
      `Cannot wait longer for a batch as it must be answered within timeoutMs: current value is ${this.#stages.settings.timeoutMs}`,
    );
    this.ended({ kind: this.#sentAtMs === undefined ? "not sent" : "lost", cause });
  }

  ended(end: PostEnd): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#stages.deadlines.ended(this);
    this.#preparation?.stop();
    if (this.#sentAtMs === undefined) this.#stages.pace.dropped(this.lanes, this);
    // What was read to its end may still end its stream, which keeps the connection for others.
    if (end.kind !== "read") this.#reply?.stop();
    if (end.kind !== "read" && end.kind !== "refused") safely(() => this.#request?.abort());
    this.#tellAnswered();
    const unanswered = this.aboard.filter((entry) =>
      this.#isAwaited(entry) && !this.#isDeferred(entry)
    );
    this.#calls.ended(this, end, unanswered);
  }

  #isDeferred(entry: Entry): boolean {
    return this.deferred.some((deferred) => deferred.entry === entry);
  }

  #tellSent(bytes: number): void {
    const { events, wire } = this.#stages;
    if (events.isHeard) events.emit(sentEvent(this, wire.name, this.#sentAtMs!, bytes));
  }

  #tellAnswered(): void {
    const { events, clock } = this.#stages;
    if (!events.isHeard || this.#sentAtMs === undefined) return;
    events.emit(answeredEvent(this, this.#reply, clock.now() - this.#sentAtMs));
  }
}
