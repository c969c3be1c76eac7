import type { AnyOperation } from "../../../mod.ts";
import { isIdempotent } from "../../operation/operation.ts";
import { membersOf } from "../../operation/atomic.ts";
import type { JournalEntry, Taken } from "../journal/journal.ts";
import type { WireAnswer, WireOutcome } from "../message/answer.ts";
import { failureOf } from "../message/failure.ts";
import { sentOperationOf, type WireOperation, type WireRequest } from "../message/request.ts";
import type { MailboxState } from "./entity.ts";
import { Job } from "./job.ts";
import { type MailboxStages, Outbox, type Watch } from "./outbox.ts";
import { Running } from "./running.ts";
import { ANOTHER, fallenWith, fleetFullWith, fullWith, isAnother, lostWith } from "./verdict.ts";

/** One message, open. */
export interface OpenMessage {
  readonly key: string;
  readonly request: WireRequest;
  readonly wantsEvents: boolean;
  /** What the journal knows of its operations: something, when it was delivered before. */
  readonly known: ReadonlyMap<string, JournalEntry>;
  /** Of what its operations ask for, by their places; of those alone that have a key of their caller's. */
  readonly digests: readonly (string | undefined)[];
}

/** One mailbox on the runner that has it now. */
export class Mailbox {
  readonly #stages: MailboxStages;
  readonly #name: string;
  readonly #epoch: number;
  readonly #outbox: Outbox;

  constructor(stages: MailboxStages, { name, epoch, isPaused }: { name: string } & Taken) {
    this.#stages = stages;
    this.#outbox = new Outbox(stages, isPaused);
    this.#name = name;
    this.#epoch = epoch;
  }

  /** What it has in hand. */
  get state(): MailboxState {
    let [queued, out, oldest] = [0, 0, Infinity];
    for (const { isOut, sinceMs } of this.#outbox.all) {
      if (isOut) out++;
      else queued++;
      oldest = Math.min(oldest, sinceMs);
    }
    const oldestMs = queued + out === 0 ? 0 : Math.max(0, this.#stages.now() - oldest);
    return { queued, out, oldestMs, isPaused: this.#outbox.isPaused };
  }

  pause(): void {
    this.#outbox.pause(true);
  }

  resume(): void {
    this.#outbox.resume();
  }

  /** Pauses, and calls back when what was in hand has ended. */
  drain(done: () => void): void {
    this.#outbox.pause(false);
    this.#outbox.whenDrained(done);
  }

  /** Puts a message to work. @returns what stops it */
  accept(message: OpenMessage, done: (answer: WireAnswer) => void): Job {
    const { request, wantsEvents } = message;
    const job = new Job(request.operations.length, { wantsEvents, done });
    let parent: AnyOperation | undefined;
    request.operations.forEach((item, place) => {
      const before = request.isChain === true && place > 0 ? job.outcomeAt(place - 1) : undefined;
      const fallen = before && fallenWith(before);
      if (fallen !== undefined) return job.ended(place, fallen);
      const dependsOn = request.isChain === true && before === undefined && parent !== undefined
        ? [parent]
        : [];
      parent = this.#place(job, place, { item, message, dependsOn });
    });
    return job;
  }

  /** Another runner has it: what is not out is not sent, and the messages are answered there. */
  fence(): void {
    this.#outbox.withdrawAll();
  }

  /** Takes back what is not out, children before their parents. @returns when the rest has ended, and stands in the journal */
  async stop(job: Job): Promise<void> {
    await Promise.all(
      [...job.running].reverse().map((running) => this.#outbox.leave(running, job)),
    );
    await this.written();
  }

  /** It goes to another runner: also what was answered early, and has no message here yet that waits for it. */
  async close(): Promise<void> {
    await this.#outbox.leaveAll();
    await this.written();
  }

  /** Tells which operations end from now on. */
  watch(): Watch {
    return this.#outbox.watch();
  }

  /** @returns when everything so far stands in the journal */
  written(): Promise<void> {
    return new Promise((resolve) => this.#stages.writer.whenWritten(resolve));
  }

  #place(
    job: Job,
    place: number,
    { item, message, dependsOn }: {
      item: WireOperation;
      message: OpenMessage;
      dependsOn: readonly AnyOperation[];
    },
  ): AnyOperation | undefined {
    const { key, isKept } = item;
    const digest = message.digests[place];
    const known = message.known.get(key);
    const current = this.#outbox.get(key);
    if (isAnother(digest, current === undefined ? known : { ...current.mark, mayHaveRun: true })) {
      return void job.ended(place, ANOTHER);
    }
    if (current !== undefined) {
      job.wait(current, place);
      return current.operation;
    }
    const outcome = known && this.#outcomeOf(known, message.key);
    if (outcome !== undefined) {
      return void job.ended(place, outcome);
    }
    const { maxQueued, load } = this.#stages;
    const isFull = this.#outbox.size >= maxQueued;
    if (isFull || load.isFull) {
      return void job.ended(place, isFull ? fullWith(maxQueued) : fleetFullWith(load.total));
    }
    try {
      const operation = sentOperationOf(item, dependsOn);
      const isJournaled = isKept === true || operation.orderingKey !== undefined ||
        message.request.isChain === true || !membersOf(operation).every(isIdempotent);
      const running = new Running({
        operation,
        mailbox: this.#name,
        epoch: this.#epoch,
        key,
        message: message.key,
        isJournaled,
        digest,
        sinceMs: this.#stages.now(),
      });
      job.wait(running, place);
      this.#outbox.send(running);
      return operation;
    } catch (error) {
      job.ended(place, { failure: failureOf(error) });
      return undefined;
    }
  }

  /** How it ended, where the journal says so, or says that nobody can know. */
  #outcomeOf(known: JournalEntry, message: string): WireOutcome | undefined {
    const { outcome, mayHaveRun, isUnsafe, label, mailbox, key } = known;
    if (outcome === undefined) {
      if (!isUnsafe) return undefined;
      const lost = lostWith(this.#epoch - 1);
      this.#stages.writer.settle({
        ...{ mailbox, key, message, label },
        ...{ outcome: JSON.stringify(lost), mayHaveRun: true, isUncertain: true },
      });
      return lost;
    }
    // A second call of what surely did not run goes; the same message must not run it behind what came later.
    return mayHaveRun || known.message === message ? JSON.parse(outcome) : undefined;
  }
}
