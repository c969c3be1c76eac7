import { Observable } from "rxjs";
import type { Batcher, Fetch, Operation, OperationResponse } from "../../../mod.ts";

export const URL_OF_ME = "https://graph.microsoft.com/v1.0/me";
const utf8 = new TextEncoder();

/** What a test says of an answer. */
export type Given = Partial<Pick<OperationResponse, "status" | "headers">> & {
  readonly body?: string;
};

/** A batcher that keeps what it is sent and answers at once. */
export function answering(...answers: readonly (Given | Error)[]): {
  readonly sent: Operation[];
  readonly send: Batcher["send"];
} {
  const sent: Operation[] = [];
  const send = ((operation: Operation) =>
    new Observable((subscriber) => {
      const answer = answers[sent.push(operation) - 1] ?? {};
      if (answer instanceof Error) return subscriber.error(answer);
      subscriber.next(responseOf(operation, answer) as OperationResponse<never>);
      subscriber.complete();
    })) as Batcher["send"];
  return { sent, send };
}

export function responseOf(operation: Operation, given: Given): OperationResponse {
  const { status = 200, headers = {}, body } = given;
  const bytes = body === undefined ? undefined : utf8.encode(body);
  return { operation, status, headers, body: bytes, attempts: 1 };
}

/** A fallback that keeps what it was called with. */
export function elsewhere(): { readonly calls: Request[]; readonly fallback: Fetch } {
  const calls: Request[] = [];
  const fallback: Fetch = (input, init) => {
    calls.push(new Request(input, init));
    return Promise.resolve(new Response("elsewhere"));
  };
  return { calls, fallback };
}
