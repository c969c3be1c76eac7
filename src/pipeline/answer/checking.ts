import { keepLinks, passLinks } from "../../operation/links.ts";
import type { OperationResponse } from "../../operation/response.ts";
import type { StandardSchemaResult, StandardSchemaV1 } from "../../operation/standard_schema.ts";
import type { Settings } from "../../options/settings.ts";
import type { Entry } from "../entry.ts";
import type { Clock } from "../time/clock.ts";
import type { Loop } from "../time/loop.ts";
import { schemaError, schemaTimeout } from "./failure.ts";
import { isPromise } from "./promise.ts";
import type { Settle } from "./settle.ts";

/** Asks the operation's schema whether an answer fits. */
export class Checking {
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #loop: Loop;
  readonly #settle: Settle;

  constructor(settings: Settings, stages: { clock: Clock; loop: Loop; settle: Settle }) {
    this.#settings = settings;
    this.#clock = stages.clock;
    this.#loop = stages.loop;
    this.#settle = stages.settle;
  }

  /** Settles it, now or when the schema's promise does. */
  check(entry: Entry, response: OperationResponse<unknown>, schema: StandardSchemaV1): void {
    const failed = (cause: unknown) =>
      this.#settle.failed(entry, schemaError(entry, response, undefined, cause));
    let result: StandardSchemaResult<unknown> | PromiseLike<StandardSchemaResult<unknown>>;
    keepLinks(response);
    try {
      result = schema["~standard"].validate(response.body);
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
      isPreparing: false,
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
      this.#settle.answered(entry, passLinks(response, { ...response, body: result.value }));
    } else {
      this.#settle.failed(entry, schemaError(entry, response, result.issues));
    }
  }
}
