import { Schema } from "effect";
import { DecodeError, type Decoder, type Part, type SentOperation } from "../../../mod.ts";
import { WireAnswer, type WireOutcome } from "../message/answer.ts";
import { valueOf } from "../message/content.ts";
import type { WireFailure } from "../message/failure.ts";
import type { WireResponse } from "../message/response.ts";

/** No server has such a status: it marks an operation that ended with an error of its runner. */
const FAILED = 999;

const read = Schema.decodeUnknownSync(Schema.fromJsonString(WireAnswer));

/** The body of a part that stands for an error. */
export class FailedBody {
  readonly failure: WireFailure;

  constructor(failure: WireFailure) {
    this.failure = failure;
  }
}

/** Who is told what messages and answers say besides their parts. */
export interface Told {
  /** A message is about to leave. */
  encoded(operations: readonly SentOperation[]): void;
  /** How many POSTs carried the operation whose answer has these headers. */
  attempts(headers: Readonly<Record<string, string>>, attempts: number): void;
  /** An answer has come. */
  answered(answer: WireAnswer, operations: readonly SentOperation[]): void;
}

/** Reads the answers to a message: each is a line, and what one left open stands in the next. */
export class AnswerDecoder implements Decoder {
  readonly #operations: readonly SentOperation[];
  readonly #told: Told;
  readonly #decoder = new TextDecoder();
  #text = "";
  /** The places of what is not answered yet. */
  #open: readonly number[];

  constructor(operations: readonly SentOperation[], told: Told) {
    this.#operations = operations;
    this.#told = told;
    this.#open = [...operations.keys()];
  }

  write(chunk: Uint8Array): readonly Part[] {
    const lines = (this.#text + this.#decoder.decode(chunk, { stream: true })).split("\n");
    this.#text = lines.pop() ?? "";
    return lines.flatMap((line) => this.#parts(line));
  }

  end(): readonly Part[] {
    return this.#text === "" ? [] : this.#parts(this.#text);
  }

  #parts(line: string): readonly Part[] {
    const answer = answerIn(line);
    const places = this.#open;
    this.#told.answered(answer, places.map((place) => this.#operations[place]!));
    this.#open = places.filter((_, at) => answer.outcomes[at] === null);
    return answer.outcomes.flatMap((outcome, at) =>
      outcome === null ? [] : [this.#part(outcome, places[at]!)]
    );
  }

  #part(outcome: WireOutcome, index: number): Part {
    if ("failure" in outcome) return failedPart(outcome.failure, index);
    const { attempts, responses } = outcome;
    for (const { headers } of responses) this.#told.attempts(headers, attempts);
    if (this.#operations[index]?.method !== undefined) return partOf(responses[0]!, { index });
    const members = responses.map((response, member) => partOf(response, { index, member }));
    return { index, status: 200, headers: {}, members, readBody: () => undefined };
  }
}

function answerIn(line: string): WireAnswer {
  try {
    return read(line);
  } catch (cause) {
    throw new DecodeError(
      `Cannot read the answer of a mailbox as it must be of a form that this version knows: current value is ${line.length} characters of another`,
      { cause },
    );
  }
}

function failedPart(failure: WireFailure, index: number): Part {
  const body = new FailedBody(failure);
  return { index, status: FAILED, headers: {}, readBody: () => body };
}

function partOf(
  { status, headers, body }: WireResponse,
  place: Pick<Part, "index" | "member">,
): Part {
  return { ...place, status, headers, readBody: () => valueOf(body) };
}
