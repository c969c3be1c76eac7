import { Chunk, Effect, type Scope, TestContext } from "effect3";
import {
  type BatchOptions,
  createBatcher,
  type HttpRequest,
  type HttpResponse,
} from "../../mod.ts";
import { type BatchService, type EffectOptions, makeBatchService } from "../../src/effect3.ts";
import { plainBody, type PlainPart, plainWire, urlsOf } from "../support/plain_wire.ts";

/** A server that keeps what it was asked; it answers each batch at once, or only when told to. */
export class Server {
  /** The URLs of each batch. */
  readonly batches: string[][] = [];
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

/** A service of the plain dialect. */
export function plainService<R = never>(
  server: Server,
  options: EffectOptions<BatchOptions, R> = {},
): Effect.Effect<BatchService, never, R | Scope.Scope> {
  return makeBatchService<BatchOptions, R>(
    (batchOptions) => createBatcher(plainWire(), batchOptions),
    { transport: server.transport, ...options },
  );
}

/** Runs in virtual time, in a scope of its own. */
export function runTest<A, E>(effect: Effect.Effect<A, E, Scope.Scope>): Promise<A> {
  return Effect.runPromise(
    Effect.provide(Effect.scoped(effect), TestContext.TestContext),
  );
}

/** Lets every fiber run as far as it can. */
export const settle: Effect.Effect<void> = Effect.repeatN(Effect.yieldNow(), 20);

/** What a stream has collected. */
export const arrayOf: <A>(chunk: Chunk.Chunk<A>) => readonly A[] = Chunk.toReadonlyArray;
