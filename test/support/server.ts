import type { HttpRequest, HttpResponse } from "../../mod.ts";
import { plainBody, type PlainPart, urlsOf } from "./plain_wire.ts";

/** A server that keeps what it was asked; it answers each batch at once, or only when told to. */
export class Server {
  /** The URLs of each batch. */
  readonly batches: string[][] = [];
  /** The headers of each batch. */
  readonly headers: Readonly<Record<string, string>>[] = [];
  /** How many batches were dropped by the caller. */
  aborted = 0;
  readonly #held: (() => void)[] = [];
  readonly #answer: ((url: string) => Omit<PlainPart, "index">) | "later";

  constructor(answer: ((url: string) => Omit<PlainPart, "index">) | "later" = () => ({})) {
    this.#answer = answer;
  }

  readonly transport = (request: HttpRequest): Promise<HttpResponse> | HttpResponse[] => {
    const urls = urlsOf(request.body);
    this.batches.push(urls);
    this.headers.push(request.headers);
    const answer = this.#answer;
    if (answer !== "later") {
      return [response(urls.map((url, index) => ({ index, ...answer(url) })))];
    }
    return new Promise((resolve, reject) => {
      this.#held.push(() => resolve(response(urls.map((_, index) => ({ index })))));
      request.signal.addEventListener("abort", () => {
        this.aborted++;
        reject(new Error("aborted"));
      });
    });
  };

  /** Answers everything that it holds. */
  release(): void {
    for (const answer of this.#held.splice(0)) answer();
  }
}

function response(parts: readonly PlainPart[]): HttpResponse {
  return { status: 200, headers: {}, body: [plainBody(parts)] };
}
