import { keepLinks, passLinks } from "../../operation/links.ts";
import type { OperationResponse } from "../../operation/response.ts";
import type { Settings } from "../../options/settings.ts";
import type { StandardSchemaResult } from "../../operation/standard_schema.ts";
import type { Part } from "../../wire/wire.ts";
import type { Clock } from "../time/clock.ts";
import type { Entry } from "../entry.ts";
import { malformed, responseError, schemaError, schemaTimeout } from "./failure.ts";
import type { Loop } from "../time/loop.ts";
import { outcomeOfPart } from "./outcome.ts";
import type { Post } from "../send/post.ts";
import type { Attempt, Refusal, Retry } from "./retry.ts";
import type { Settle } from "./settle.ts";
import type { Tokens } from "../send/token.ts";

/** What a part means for its operation: an answer, an error, or another attempt. */
export class Answers {
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #loop: Loop;
  readonly #retry: Retry;
  readonly #settle: Settle;
  readonly #tokens: Tokens;

  constructor(
    settings: Settings,
    stages: { clock: Clock; loop: Loop; retry: Retry; settle: Settle; tokens: Tokens },
  ) {
    this.#settings = settings;
    this.#clock = stages.clock;
    this.#loop = stages.loop;
    this.#retry = stages.retry;
    this.#settle = stages.settle;
    this.#tokens = stages.tokens;
  }

  part(post: Post, entry: Entry, part: Part): void {
    if (entry.built!.okStatuses?.includes(part.status)) return this.#accepted(post, entry, part);
    const outcome = outcomeOfPart(part.status, this.#settings.retry.refusedStatuses);
    if (outcome === "dependency failed" && entry.waits > 0) {
      // Its parent may yet go again: nobody knows before the whole answer is read.
      post.deferred.push({ entry, part });
      return;
    }
    entry.flight = undefined;
    if (outcome === "answered") {
      post.settledCount++;
      return this.#succeed(entry, part);
    }
    const waitMs = this.#retry.obey(post.laneOf(entry), part.headers);
    const refusal = this.#tryAgain(post, entry, {
      outcome,
      status: part.status,
      retryAfterMs: waitMs,
      pausesLane: outcome === "throttled" || waitMs !== undefined,
    });
    if (refusal === undefined) return;
    post.settledCount++;
    this.#settle.failed(entry, responseError(entry, this.#bestEffort(entry, part), refusal));
  }

  /** An error that the caller counts as an answer; what the server asks for with it holds all the same. */
  #accepted(post: Post, entry: Entry, { status, headers }: Part): void {
    entry.flight = undefined;
    post.settledCount++;
    this.#retry.obey(post.laneOf(entry), headers);
    this.#settle.answered(entry, { operation: entry.built!, status, headers, body: undefined });
  }

  /** A 424: with a parent that goes again it goes again too, otherwise it is an answer like any other. */
  deferred(post: Post, entry: Entry, part: Part): void {
    entry.flight = undefined;
    if (entry.isSettled) return;
    const refusal = entry.waits > 0
      ? this.#retry.tryAgain(entry, post.laneOf(entry), {
        outcome: "not executed",
        status: part.status,
        isFree: true,
      })
      : "policy";
    if (refusal === undefined) return;
    this.#settle.failed(entry, responseError(entry, this.#bestEffort(entry, part), refusal));
  }

  #tryAgain(post: Post, entry: Entry, attempt: Attempt): Refusal | undefined {
    const lane = post.laneOf(entry);
    if (attempt.status !== 401) return this.#retry.tryAgain(entry, lane, attempt);
    if (entry.hasRefreshed || !this.#tokens.refused(lane, post.token)) return "policy";
    entry.hasRefreshed = true;
    return this.#retry.tryAgain(entry, lane, { ...attempt, isFree: true });
  }

  #succeed(entry: Entry, part: Part): void {
    const operation = entry.built!;
    let body: unknown;
    try {
      body = part.readBody(operation);
    } catch (cause) {
      return this.#settle.failed(entry, malformed(entry, cause));
    }
    const response = { operation, status: part.status, headers: part.headers, body };
    const isChecked = operation.schema !== undefined && part.status >= 200 && part.status <= 299;
    if (isChecked) this.#check(entry, response);
    else this.#settle.answered(entry, response);
  }

  #check(entry: Entry, response: OperationResponse<unknown>): void {
    const failed = (cause: unknown) =>
      this.#settle.failed(entry, schemaError(entry, response, [], cause));
    let result: StandardSchemaResult<unknown> | PromiseLike<StandardSchemaResult<unknown>>;
    keepLinks(response);
    try {
      result = entry.built!.schema!["~standard"].validate(response.body);
      if (!isPromise(result)) return this.#accept(entry, response, result);
    } catch (cause) {
      return failed(cause);
    }
    // A schema is code of the user's, which may leave.
    if (entry.isSettled) return;
    this.#await(entry);
    Promise.resolve(result).then((checked) => {
      if (!entry.isSettled) this.#loop.run(() => this.#accept(entry, response, checked));
    }).catch((cause) => this.#loop.run(() => failed(cause)));
  }

  /** Until the schema's promise answers, for as long as a POST may take. */
  #await(entry: Entry): void {
    const { timeoutMs } = this.#settings;
    entry.state = "checking";
    const timer = this.#clock.after(
      timeoutMs,
      () => this.#settle.failed(entry, schemaTimeout(entry, timeoutMs)),
    );
    entry.flight = {
      lose() {
        entry.flight = undefined;
        timer.unsubscribe();
      },
    };
  }

  #accept(
    entry: Entry,
    response: OperationResponse<unknown>,
    result: StandardSchemaResult<unknown>,
  ): void {
    if (result.issues === undefined) {
      const checked = { ...response, body: result.value };
      passLinks(response, checked);
      this.#settle.answered(entry, checked);
    } else {
      this.#settle.failed(entry, schemaError(entry, response, result.issues));
    }
  }

  #bestEffort(entry: Entry, part: Part): OperationResponse<unknown> {
    let body: unknown;
    try {
      body = part.readBody(entry.built!);
    } catch {
      // An error body that cannot be read is no reason to hide the error.
    }
    return { operation: entry.built!, status: part.status, headers: part.headers, body };
  }
}

function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as PromiseLike<T> | undefined)?.then === "function";
}
