import { Schema } from "effect";
import type { OperationResponse } from "../../../mod.ts";
import { WireFailure } from "./failure.ts";
import { WireEvent } from "./event.ts";
import { WireResponse, wireResponseOf } from "./response.ts";

/** How one operation ended: with the responses of all its calls, or with an error. */
export const WireOutcome: Schema.Codec<WireOutcome> = Schema.Union([
  Schema.Struct({ attempts: Schema.Int, responses: Schema.Array(WireResponse) }),
  Schema.Struct({ failure: WireFailure }),
]);

/** How one operation ended. */
export type WireOutcome =
  | { readonly attempts: number; readonly responses: readonly WireResponse[] }
  | { readonly failure: WireFailure };

/** How the operations of one message ended, in its order, and what happened on the way. */
export const WireAnswer: Schema.Codec<WireAnswer> = Schema.Struct({
  isEarly: Schema.optionalKey(Schema.Literal(true)),
  outcomes: Schema.Array(Schema.NullOr(WireOutcome)),
  runner: Schema.optionalKey(Schema.String),
  events: Schema.optionalKey(Schema.Array(WireEvent)),
});

/** How an answer begins that leaves something open: nobody has to read the others to know that they do not. */
export const EARLY = '{"isEarly":true,';

/** How the operations of one message ended. */
export interface WireAnswer {
  /** Stands first, and says that some have not ended. */
  readonly isEarly?: true;
  /** `null`: it has not ended yet, and is answered under the key of the rest. */
  readonly outcomes: readonly (WireOutcome | null)[];
  /** Host and port of the runner, where somebody listens to what happens there. */
  readonly runner?: string;
  readonly events?: readonly WireEvent[];
}

/** The answer to an operation, or to all members of a group, as it goes into a message. */
export function outcomeOf(
  { attempts, ...response }: OperationResponse,
  isGroup: boolean,
): WireOutcome {
  const responses = isGroup ? response.body as readonly OperationResponse[] : [response];
  return { attempts, responses: responses.map(wireResponseOf) };
}

/** An answer as text. */
export function answerText(answer: WireAnswer): string {
  try {
    return JSON.stringify(answer);
  } catch {
    const outcomes = answer.outcomes.map((outcome) => outcome && JSON.parse(outcomeText(outcome)));
    return JSON.stringify({ ...answer, outcomes });
  }
}

/** An outcome as text; where a body is what JSON cannot hold, as a `parseJson` may make it, an error says so in its place. */
export function outcomeText(outcome: WireOutcome): string {
  try {
    return JSON.stringify(outcome);
  } catch {
    return JSON.stringify({ failure: unheld(outcome) });
  }
}

function unheld(outcome: WireOutcome): WireFailure {
  if ("failure" in outcome) {
    const { response, members: _members, cause: _cause, ...rest } = outcome.failure;
    if (response === undefined) return rest;
    return { ...rest, response: { status: response.status, headers: response.headers } };
  }
  const [first] = outcome.responses;
  return {
    tag: "DecodeError",
    message:
      "Cannot hand on the answer to {operation} as parseJson of its runner must make what JSON can hold: current value is a body that it cannot",
    attempts: outcome.attempts,
    ...(first === undefined ? {} : { status: first.status, headers: first.headers }),
  };
}
