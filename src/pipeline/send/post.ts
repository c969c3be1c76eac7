import { membersOf } from "../../operation/atomic.ts";
import { BatchTimeoutError } from "../../operation/errors.ts";
import { originalOf } from "../../operation/identity.ts";
import { isSafe } from "../../operation/operation.ts";
import type { Entry } from "../entry.ts";
import { safely } from "../time/safely.ts";
import { Batch, type BatchName } from "./batch.ts";
import { requestOf } from "./batch_request.ts";
import { Credentials, type CredentialsListener } from "./credentials/credentials.ts";
import type { Timed } from "./deadlines.ts";
import { type Answered, Delivery } from "./delivery.ts";
import type { AnswerReading, PostEnd } from "./exchange.ts";
import { answeredEvent, sentEvent } from "./post_events.ts";
import type { PostCalls, PostStages } from "./post_stages.ts";
import { Preparation, type PreparationListener } from "./preparation.ts";

/** One batch POST, from taking the slot to the last byte: credentials, sealing, `beforeSend`, sending, the answer. */
export class Post implements Timed, CredentialsListener, PreparationListener, Answered {
  readonly #stages: PostStages;
  readonly #calls: PostCalls;
  readonly #batch: Batch;
  readonly #credentials: Credentials;
  #preparation: Preparation | undefined = undefined;
  #reply: AnswerReading | undefined = undefined;
  #sentAtMs: number | undefined = undefined;
  #hasLost = false;
  #isSealed = false;
  #isEnded = false;
  #isReading = false;

  constructor(stages: PostStages, name: BatchName) {
    this.#stages = stages;
    this.#calls = stages.postCalls;
    this.#batch = new Batch(name, () => this.#lost());
    this.#credentials = new Credentials(stages, this.#batch, this);
  }

  start(): void {
    this.#stages.deadlines.started(this);
    // A scheduler that does not wait has ended it by now.
    if (!this.#isEnded) this.#credentials.ask();
  }

  credentialsCame(): void {
    this.#seal();
    if (this.#batch.entries.length === 0) this.ended({ kind: "abandoned" });
    else this.#prepare();
  }

  credentialsFailed(cause: unknown): void {
    this.#seal();
    this.ended({ kind: "not sent", cause });
  }

  #seal(): void {
    this.#isSealed = true;
    this.#batch.entries = this.#calls.seal(this.#batch);
  }

  /** Until `beforeSend` has resolved nothing is out (design rule 33). */
  #prepare(): void {
    const { settings: { beforeSend }, loop } = this.#stages;
    if (beforeSend === undefined) return this.#send();
    const { entries, lane } = this.#batch;
    this.#preparation = new Preparation(loop);
    const operations = entries.flatMap(({ built }) => membersOf(built!).map(originalOf));
    this.#preparation.ask(beforeSend, { operations, lane }, this);
  }

  prepared(): void {
    const batch = this.#batch;
    const hasFallen = (entry: Entry) => batch.isAwaited(entry) && this.#calls.falls(entry);
    // Whoever is told of it may leave, and others fall with him.
    while (!this.#isEnded && batch.aboard.some(hasFallen));
    if (this.#isEnded) return;
    const lost = batch.aboard.filter((entry) => !batch.isAwaited(entry));
    batch.entries = batch.riders.places(batch.entries, (entry) => batch.isAwaited(entry));
    this.#calls.takenOut(batch, lost);
    const isPaused = (entry: Entry) => this.#calls.isPaused(entry, batch.laneOf(entry));
    if (batch.entries.some(isPaused)) this.ended({ kind: "put back" });
    else this.#send();
  }

  unprepared(cause: unknown): void {
    this.ended({ kind: "forbidden", cause });
  }

  #send(): void {
    const { clock, events, pace, read, transport, wire } = this.#stages;
    const batch = this.#batch;
    try {
      batch.request = requestOf(batch, wire);
    } catch (cause) {
      return this.ended({ kind: "not sent", cause });
    }
    // A wire may run code of the user's, which may abort the signal of all.
    if (this.#isEnded) return;
    const { request } = batch;
    this.#sentAtMs = clock.now();
    batch.isPreparing = false;
    pace.sent(batch.lanes, batch);
    if (events.isHeard) {
      events.emit(sentEvent(batch, wire.name, this.#sentAtMs, request.body.length));
    }
    const operations = batch.entries.map((entry) => entry.built!);
    this.#reply = read(operations, new Delivery(this.#stages, batch, this));
    this.#reply.listen(() => transport(request));
  }

  reads(): void {
    this.#isReading = true;
  }

  caughtUp(): void {
    this.#isReading = false;
    if (this.#hasLost) this.#abortIfUseless();
  }

  #lost(): void {
    this.#hasLost = true;
    this.#abortIfUseless();
  }

  /**
   * A POST that nobody waits for is aborted, unless that could leave a change half made (design rule 19); what has come by
   * then is read, for a part may ask for a pause.
   */
  #abortIfUseless(): void {
    const batch = this.#batch;
    if (this.#isEnded || this.#isReading) return;
    if (batch.aboard.some((entry) => batch.isAwaited(entry))) return;
    const mayAbort = this.#stages.settings.abortUnsafe || this.#sentAtMs === undefined ||
      batch.entries.every(({ built }) => isSafe(built!));
    if (mayAbort) this.ended({ kind: "abandoned" });
  }

  timeOut(): void {
    if (!this.#isSealed) {
      this.#credentials.leave();
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
    const { deadlines, pace } = this.#stages;
    const batch = this.#batch;
    deadlines.ended(this);
    this.#preparation?.stop();
    if (this.#sentAtMs === undefined) {
      pace.dropped(batch.lanes, batch);
      batch.dropped(end.kind === "put back");
    }
    // What was read to its end may still end its stream, which keeps the connection for others.
    if (end.kind !== "read") this.#reply?.stop();
    if (end.kind !== "read" && end.kind !== "refused") safely(() => batch.request?.abort());
    this.#tellAnswered();
    this.#calls.ended(batch, end, batch.unanswered);
  }

  #tellAnswered(): void {
    const { events, clock } = this.#stages;
    if (!events.isHeard || this.#sentAtMs === undefined) return;
    events.emit(
      answeredEvent(this.#batch, this.#reply!.partCount, clock.now() - this.#sentAtMs),
    );
  }
}
