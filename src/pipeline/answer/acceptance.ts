import type { AtomicOperation } from "../../operation/atomic.ts";
import type { MemberFate } from "../../operation/errors.ts";
import type { OperationResponse } from "../../operation/response.ts";
import type { Settings } from "../../options/settings.ts";
import type { Part } from "../../wire/wire.ts";
import type { Entry } from "../entry.ts";
import type { Clock } from "../time/clock.ts";
import type { Loop } from "../time/loop.ts";
import { Checking } from "./checking.ts";
import type { GroupAnswers } from "./match/group.ts";
import type { Settle } from "./settle.ts";
import { ALL_DONE, bodyOf, responseOf } from "./told.ts";
import { malformed } from "./unreadable.ts";

/** The answer to a group: its own part, or the one that holds those of its members. */
export interface GroupAnswer {
  readonly group: AtomicOperation;
  readonly place: Part;
}

/** What bodies are accepted with. */
export interface AcceptanceStages {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly loop: Loop;
  readonly settle: Settle;
  /** There whenever a group can be answered. */
  readonly groups: GroupAnswers | undefined;
}

/** What the service answered with success becomes an answer here, once its body is decoded and fits. */
export class Acceptance {
  readonly #stages: AcceptanceStages;
  readonly #checking: Checking;

  constructor(stages: AcceptanceStages) {
    this.#stages = stages;
    this.#checking = new Checking(stages);
  }

  /** One operation succeeded. */
  part(entry: Entry, part: Part): void {
    let body: unknown;
    try {
      body = bodyOf(entry, part);
    } catch (cause) {
      return this.#undecoded(entry, part, cause);
    }
    this.#check(entry, responseOf(entry, part, body));
  }

  /** All of a group did. */
  group(entry: Entry, { group, place }: GroupAnswer): void {
    const { fatesOf, responsesOf, undecodedOf } = this.#stages.groups!;
    const { attempts } = entry;
    let responses: readonly OperationResponse<unknown>[];
    try {
      responses = responsesOf(group, place, attempts);
    } catch (cause) {
      const culprit = undecodedOf(group, place);
      const fates = fatesOf(group, place, { culprit, attempts, certain: false });
      return this.#undecoded(entry, culprit ?? place, cause, fates);
    }
    this.#check(entry, responseOf(entry, ALL_DONE, responses));
  }

  #undecoded(entry: Entry, part: Part, cause: unknown, members?: readonly MemberFate[]): void {
    const response = responseOf(entry, part, undefined);
    const told = { response, detail: part.detail?.(), members };
    this.#stages.settle.failed(entry, malformed(entry, cause, told));
  }

  #check(entry: Entry, response: OperationResponse<unknown>): void {
    const built = entry.built!;
    const schema = built.method === undefined ? this.#stages.groups!.schemaOf(built) : built.schema;
    if (schema !== undefined && response.status <= 299) {
      this.#checking.check(entry, response, schema);
    } else {
      this.#stages.settle.answered(entry, response);
    }
  }
}
