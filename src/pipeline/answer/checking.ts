import { checkedResult } from "../../operation/check/schema_result.ts";
import { BatchTimeoutError, type MemberFate, SchemaError } from "../../operation/errors.ts";
import { nameOf } from "../../operation/identity.ts";
import type { OperationResponse } from "../../operation/response.ts";
import type {
  StandardSchemaIssue,
  StandardSchemaResult,
  StandardSchemaV1,
} from "../../operation/standard_schema.ts";
import type { Settings } from "../../options/settings.ts";
import type { Entry } from "../entry.ts";
import type { Clock } from "../time/clock.ts";
import type { Loop } from "../time/loop.ts";
import { initOf } from "./failure.ts";
import { isPromise } from "../../operation/check/promise.ts";
import type { GroupAnswers } from "./match/group.ts";
import type { Settle } from "./settle.ts";

/** Asks the operation's schema whether an answer fits. */
export class Checking {
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #loop: Loop;
  readonly #settle: Settle;
  readonly #groups: GroupAnswers | undefined;

  constructor(stages: {
    settings: Settings;
    clock: Clock;
    loop: Loop;
    settle: Settle;
    groups: GroupAnswers | undefined;
  }) {
    this.#settings = stages.settings;
    this.#clock = stages.clock;
    this.#loop = stages.loop;
    this.#settle = stages.settle;
    this.#groups = stages.groups;
  }

  /** Settles it, now or when the schema's promise does. */
  check(entry: Entry, response: OperationResponse<unknown>, schema: StandardSchemaV1): void {
    const failed = (cause: unknown) => this.#fail(entry, response, { cause });
    let result: StandardSchemaResult<unknown> | PromiseLike<StandardSchemaResult<unknown>>;
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
    const checked = checkedResult(result);
    if (checked.issues === undefined) {
      this.#settle.answered(entry, { ...response, body: checked.value });
    } else {
      this.#fail(entry, response, { issues: checked.issues });
    }
  }

  /** `issues`: none, where the schema itself failed. */
  #fail(
    entry: Entry,
    response: OperationResponse<unknown>,
    found: { issues?: readonly StandardSchemaIssue[]; cause?: unknown },
  ): void {
    const isGroup = entry.built!.method === undefined;
    const members = isGroup
      ? this.#groups!.misfitsOf(
        response.body as readonly OperationResponse<unknown>[],
        found.issues,
      )
      : undefined;
    this.#settle.failed(entry, schemaError(entry, response, { ...found, members }));
  }
}

/** The body does not fit, or the schema itself failed. */
function schemaError(
  entry: Entry,
  response: OperationResponse<unknown>,
  { issues, members, cause }: {
    issues?: readonly StandardSchemaIssue[] | undefined;
    members?: readonly MemberFate[] | undefined;
    cause?: unknown;
  },
): SchemaError {
  const found = issues === undefined ? "a schema that threw" : `${issues.length} issues`;
  return new SchemaError(
    `Cannot accept the body for ${
      nameOf(entry.operation)
    } as it must fit the schema: current value is one with ${found}`,
    { ...initOf(entry), cause, issues: issues ?? [], response, members },
  );
}

/** The schema's promise took too long. */
function schemaTimeout(entry: Entry, timeoutMs: number): BatchTimeoutError {
  return new BatchTimeoutError(
    `Cannot wait longer for the schema of ${
      nameOf(entry.operation)
    } as it must answer within timeoutMs: current value is ${timeoutMs}`,
    initOf(entry),
  );
}
