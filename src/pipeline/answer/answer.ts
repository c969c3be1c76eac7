import type { OperationResponse } from "../../operation/response.ts";
import type { Settings } from "../../options/settings.ts";
import type { Part } from "../../wire/wire.ts";
import type { Clock } from "../time/clock.ts";
import type { Entry } from "../entry.ts";
import { Checking } from "./checking.ts";
import { responseError } from "./failure.ts";
import { malformed } from "./unreadable.ts";
import type { Halves } from "./refused/halves.ts";
import type { Loop } from "../time/loop.ts";
import { outcomeFor, outcomeOfPart } from "./outcome.ts";
import type { Post } from "../send/post.ts";
import type { Attempt, ErrorOf, Refusal, Retry } from "./retry.ts";
import type { Settle } from "./settle.ts";
import type { Tokens } from "../send/token.ts";

/** What a part means for its operation: an answer, an error, or another attempt. */
export class Answers {
  readonly #settings: Settings;
  readonly #retry: Retry;
  readonly #settle: Settle;
  readonly #tokens: Tokens;
  readonly #halves: Halves;
  readonly #checking: Checking;

  constructor(
    settings: Settings,
    stages: {
      clock: Clock;
      loop: Loop;
      retry: Retry;
      settle: Settle;
      tokens: Tokens;
      halves: Halves;
    },
  ) {
    this.#settings = settings;
    this.#checking = new Checking(settings, stages);
    this.#retry = stages.retry;
    this.#settle = stages.settle;
    this.#tokens = stages.tokens;
    this.#halves = stages.halves;
  }

  part(post: Post, entry: Entry, part: Part): void {
    this.#halves.answered(entry);
    if (entry.built!.okStatuses?.includes(part.status)) return this.#accepted(post, entry, part);
    const outcome = outcomeOfPart(part.status, this.#settings.retry.refusedStatuses);
    if (outcome === "dependency failed") {
      // Its parent may yet go again, or be answered: nobody knows before the whole answer is read.
      entry.isUnrun = true;
      post.deferred.push({ entry, part });
      return void this.#retry.fallWithNeed(entry);
    }
    entry.flight = undefined;
    if (outcome === "answered") {
      post.settledCount++;
      return this.#succeed(entry, part);
    }
    const waitMs = this.#retry.obey(post.laneOf(entry), part.headers, post.date);
    const attempt = {
      outcome: outcomeFor(entry.built!, part.status, outcome),
      status: part.status,
      headers: part.headers,
      retryAfterMs: waitMs,
      pausesLane: outcome === "throttled" || waitMs !== undefined,
    };
    const refusal = this.#tryAgain(post, entry, attempt, part);
    if (refusal === undefined) return;
    post.settledCount++;
    this.#settle.failed(entry, errorOf(part, post)(entry, refusal));
  }

  /** An error that the caller counts as an answer; what the server asks for with it holds all the same. */
  #accepted(post: Post, entry: Entry, part: Part): void {
    entry.flight = undefined;
    post.settledCount++;
    this.#retry.obey(post.laneOf(entry), part.headers, post.date);
    this.#settle.answered(entry, responseOf(entry, part, undefined));
  }

  /**
   * A 424: with a parent that goes again it goes again too. When all of them were answered here, it goes again without them,
   * once. Otherwise it is an answer like any other.
   */
  deferred(post: Post, entry: Entry, part: Part): void {
    entry.flight = undefined;
    if (entry.isSettled || this.#retry.fallWithNeed(entry)) return;
    entry.isUnrun = false;
    const attempt = { outcome: "not executed", status: part.status, isFree: true } as const;
    const goesAlone = entry.waits === 0 && !entry.hasGoneAlone && hasParents(entry);
    if (goesAlone) entry.hasGoneAlone = true;
    const refusal = entry.waits > 0 || goesAlone
      ? this.#tryAgain(post, entry, attempt, part)
      : "policy";
    if (refusal !== undefined) this.#settle.failed(entry, errorOf(part, post)(entry, refusal));
  }

  #tryAgain(post: Post, entry: Entry, attempt: Attempt, part: Part): Refusal | undefined {
    const lane = post.laneOf(entry);
    if (attempt.outcome === "unknown") entry.mayHaveRun = true;
    if (attempt.status !== 401) {
      return this.#retry.tryAgain(entry, lane, attempt, errorOf(part, post));
    }
    if (entry.hasRefreshed || !this.#tokens.refused(lane, post.token, attempt.headers)) {
      return "policy";
    }
    entry.hasRefreshed = true;
    return this.#retry.tryAgain(entry, lane, { ...attempt, isFree: true }, errorOf(part, post));
  }

  #succeed(entry: Entry, part: Part): void {
    const operation = entry.built!;
    let body: unknown;
    try {
      body = part.readBody(operation);
    } catch (cause) {
      const told = { response: responseOf(entry, part, undefined), detail: part.detail?.() };
      return this.#settle.failed(entry, malformed(entry, cause, told));
    }
    const response = responseOf(entry, part, body);
    const isChecked = operation.schema !== undefined && part.status >= 200 && part.status <= 299;
    if (isChecked) this.#checking.check(entry, response);
    else this.#settle.answered(entry, response);
  }
}

/** What an operation fails with for this part; a body that cannot be read is no reason to hide the error. */
function errorOf(part: Part, { isAnonymous }: Post): ErrorOf {
  return (entry, refusal) => {
    let body: unknown;
    let detail: string | undefined;
    try {
      body = part.readBody(entry.built!);
    } catch {
      detail = part.detail?.();
    }
    const told = { response: responseOf(entry, part, body), detail };
    return responseError(entry, told, refusal, { isAnonymous });
  };
}

function responseOf(entry: Entry, part: Part, body: unknown): OperationResponse<unknown> {
  const { built, attempts } = entry;
  return { operation: built!, status: part.status, headers: part.headers, body, attempts };
}

function hasParents({ operation }: Entry): boolean {
  return operation.dependsOn.length > 0;
}
