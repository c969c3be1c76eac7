import type { Observer, Subscription } from "rxjs";
import { BatchError, ResponseError } from "../../operation/errors.ts";
import type { OperationInit } from "../../operation/operation.ts";
import type { OperationResponse } from "../../operation/response.ts";
import type { Batcher } from "../batcher.ts";
import { type Octets, readWhole } from "./body.ts";
import type { Call } from "./call.ts";
import { initOf } from "./init.ts";
import { cannotTravel, toOperation } from "./operation.ts";
import type { BatchingFetchOptions } from "./options.ts";
import { type Redirect, redirectOf } from "./redirect.ts";
import { toResponse } from "./response.ts";
import type { Turns } from "./turns.ts";

/** What all calls of one fetch share. */
export interface FetchDoor extends BatchingFetchOptions {
  readonly batcher: Pick<Batcher, "send">;
  readonly turns: Turns;
}

/** The promise that the caller holds. */
export interface Settled {
  readonly resolve: (response: Response | Promise<Response>) => void;
  readonly reject: (reason: unknown) => void;
}

/** Not sent, or lost on the way: what `fetch` rejects with a TypeError for. */
const NETWORK_FAILURES: ReadonlySet<string> = new Set(["TransportError", "BatchTimeoutError"]);

/**
 * One call of fetch, from what was asked to its Response. It listens to signal and answer itself: no closure per call that
 * needs none.
 */
export class FetchExchange implements Observer<OperationResponse<unknown>>, EventListenerObject {
  readonly #door: FetchDoor;
  readonly #call: Call;
  readonly #settled: Settled;
  /** What was sent. */
  #body: Octets = undefined;
  #subscription: Subscription | undefined = undefined;
  #turn: ((work: () => void) => void) | undefined = undefined;
  /** It waits for others, which it could not outside batches. */
  #isDependent = false;
  #isOver = false;

  constructor(door: FetchDoor, call: Call, settled: Settled) {
    this.#door = door;
    this.#call = call;
    this.#settled = settled;
  }

  start(): void {
    const { signal, body } = this.#call;
    const init = initOf(this.#call, this.#door.init);
    // Before the call, or by `init`.
    if (signal?.aborted === true) return this.#settled.reject(signal.reason);
    signal?.addEventListener("abort", this);
    if (init === "fallback") return this.#unread("it was asked to go outside batches");
    this.#isDependent = init?.dependsOn !== undefined && init.dependsOn.length > 0;
    const why = cannotTravel(this.#call);
    if (why !== undefined) return this.#unread(why);
    if (body.kind === "ready" || body.kind === "none") {
      return this.#door.turns.go(() =>
        this.#send(body.kind === "none" ? undefined : body.value, init)
      );
    }
    const turn = this.#turn = this.#door.turns.wait();
    readWhole(body).then(
      (bytes) => turn(() => this.#send(bytes, init)),
      (cause) => turn(() => this.#fail(cause)),
    );
  }

  /** The signal has aborted. */
  handleEvent(): void {
    this.#fail(this.#call.signal!.reason);
    this.#subscription?.unsubscribe();
    // Whoever stands behind it waits for its body no longer.
    this.#turn?.(() => {});
  }

  #send(body: Octets, init: OperationInit | undefined): void {
    if (this.#isOver) return;
    this.#body = body;
    try {
      const operation = toOperation(this.#call, body, init);
      this.#subscription = this.#door.batcher.send(operation).subscribe(this);
      // A listener of events may have aborted meanwhile.
      if (this.#isOver) this.#subscription.unsubscribe();
    } catch (error) {
      this.error(error);
    }
  }

  next(response: OperationResponse<unknown>): void {
    let next: Redirect | undefined;
    try {
      next = redirectOf(this.#call, response);
    } catch (cause) {
      return this.#fail(cause);
    }
    if (next === undefined) {
      return this.#end(() => this.#settled.resolve(toResponse(response, this.#call)));
    }
    const { url, method, headers, isBodyKept } = next;
    const call = { ...this.#call, url, method, headers };
    const sameBody = isBodyKept ? this.#body as BodyInit | undefined : undefined;
    this.#elsewhere(call, sameBody, "a redirect leads out of the batch");
  }

  error(error: unknown): void {
    if (error instanceof ResponseError) return this.next(error.response);
    if (!(error instanceof BatchError)) return this.#fail(error);
    if (error._tag === "OperationError" && !this.#isDependent) {
      const why = "the batch must be able to carry it";
      return this.#elsewhere(this.#call, this.#body as BodyInit | undefined, why, error);
    }
    if (!NETWORK_FAILURES.has(error._tag)) return this.#fail(error);
    this.#fail(
      new TypeError(
        `Cannot fetch as the batch must get through: current value is ${error._tag}`,
        { cause: error },
      ),
    );
  }

  complete(): void {}

  /** Outside batches, with a body that nobody has read yet; a stream goes along as it is. */
  #unread(why: string): void {
    const { body, method } = this.#call;
    if (this.#isDependent) {
      return this.#fail(
        new TypeError(
          `Cannot fetch what has dependsOn outside batches as ${why}: current value is a ${method}`,
        ),
      );
    }
    if (body.kind === "stream") return this.#elsewhere(this.#call, body.value, why);
    readWhole(body).then(
      (read) => this.#isOver || this.#elsewhere(this.#call, read as BodyInit | undefined, why),
      (cause) => this.#fail(cause),
    );
  }

  /** Outside batches; a fallback that is none says why there is no other way. */
  #elsewhere(call: Call, body: BodyInit | undefined, why: string, cause?: unknown): void {
    const { fallback } = this.#door;
    if (fallback === undefined) {
      return this.#fail(
        new TypeError(
          `Cannot fetch without a fallback as ${why}: current value is a ${call.method} without one (set option fallback)`,
          { cause },
        ),
      );
    }
    const { url, method, headers, signal, redirect, rest } = call;
    const init: RequestInit = { ...rest, method, headers, redirect };
    delete init.body;
    if (body !== undefined) init.body = body;
    if (signal !== undefined) init.signal = signal;
    this.#end(() => this.#settled.resolve(fallback(url, init)));
  }

  #fail(reason: unknown): void {
    this.#end(() => this.#settled.reject(reason));
  }

  #end(settle: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#call.signal?.removeEventListener("abort", this);
    try {
      settle();
    } catch (cause) {
      // An answer that no Response can hold.
      this.#settled.reject(cause);
    }
  }
}
