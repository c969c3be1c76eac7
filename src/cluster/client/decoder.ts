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

/** Reads the answer to a message. */
export class AnswerDecoder implements Decoder {
  readonly #operations: readonly SentOperation[];
  readonly #told: Told;
  readonly #decoder = new TextDecoder();
  #text = "";

  constructor(operations: readonly SentOperation[], told: Told) {
    this.#operations = operations;
    this.#told = told;
  }

  write(chunk: Uint8Array): readonly Part[] {
    this.#text += this.#decoder.decode(chunk, { stream: true });
    return [];
  }

  end(): readonly Part[] {
    const answer = this.#read();
    this.#told.answered(answer, this.#operations);
    return answer.outcomes.map((outcome, index) => this.#part(outcome, index));
  }

  #read(): WireAnswer {
    try {
      return read(this.#text);
    } catch (cause) {
      throw new DecodeError(
        `Cannot read the answer of a mailbox as it must be of a form that this version knows: current value is ${this.#text.length} characters of another`,
        { cause },
      );
    }
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
