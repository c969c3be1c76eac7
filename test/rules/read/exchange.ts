import {
  type BatchOptions,
  createGraphBatcher,
  createODataBatcher,
  type HttpResponse,
  type Operation,
  post,
} from "../../../mod.ts";
import { answerPart, type AnswerText, multipart, type PartText } from "../../support/multipart.ts";
import { describeError, names, Rig } from "../../support/rig.ts";

/** What one operation ended with. */
export type End = { readonly body: unknown } | { readonly error: Error };

/** The headers of an answer in multipart. */
export const MULTIPART: Readonly<Record<string, string>> = {
  "content-type": "multipart/mixed; boundary=b",
};

/** A batcher of a real dialect in virtual time; all operations go in one batch, and each answer is made by hand. */
export function exchange(
  operations: readonly Operation[],
  answers: readonly (Partial<HttpResponse> | undefined)[],
  { format = "multipart", ...options }:
    & BatchOptions
    & { format?: "multipart" | "json" | "graph"; maxPartHeaderBytes?: number } = {},
): { ends: End[]; posts: number } {
  const rig = new Rig();
  let posts = 0;
  const transport = () => {
    const answer = answers[Math.min(posts++, answers.length - 1)];
    return [{ status: 200, headers: MULTIPART, body: [], ...answer }];
  };
  const init = { scheduler: rig.clock, transport, ...options };
  const batcher = format === "graph"
    ? createGraphBatcher({ token: "t", ...init })
    : createODataBatcher({ baseUrl: "https://svc.example/odata/", format, ...init });
  const ends: End[] = [];
  for (const [at, operation] of operations.entries()) {
    batcher.send(operation).subscribe({
      next: ({ body }) => ends[at] = { body },
      error: (error) => ends[at] = { error },
    });
  }
  rig.run();
  return { ends, posts };
}

/** An answer of these parts. */
export function answering(parts: readonly PartText[]): Partial<HttpResponse> {
  return { body: [multipart(parts)] };
}

/** What each operation ended with: the body, or the error in words. */
export function said(ends: readonly End[]): unknown[] {
  return ends.map((end) => "error" in end ? describeError(end.error) : end.body);
}

/** A part with one answer in it. */
export const plain = (answer: AnswerText): PartText => answerPart(answer);

/** A part with a multipart in it. */
export const nested = (members: readonly AnswerText[]): PartText => ({
  headers: ["Content-Type: multipart/mixed; boundary=cs"],
  body: multipart(members.map(plain), { boundary: "cs" }),
});

/** Three writes that must not run twice. */
export const writes: readonly Operation[] = names(3, "w").map((url) => post(url));
