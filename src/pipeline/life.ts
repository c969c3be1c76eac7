import type { Entry, Mark } from "./entry.ts";
import type { Events } from "./events.ts";
import type { Gate } from "./gate.ts";
import type { InHand } from "./in_hand.ts";
import type { Dispatch } from "./send/dispatch.ts";
import type { Loop } from "./time/loop.ts";
import type { Settle } from "./answer/settle.ts";

/** What a life is made of. */
export interface LifeStages {
  readonly loop: Loop;
  readonly events: Events;
  readonly gate: Gate;
  readonly inHand: InHand;
  readonly dispatch: Dispatch;
  readonly settle: Settle;
}

/** The ways in which a pipeline comes to rest, and to its end. */
export class Life {
  readonly #stages: LifeStages;
  readonly #mark: Mark;
  readonly #signal: AbortSignal | undefined;
  readonly #atRest: () => void;

  /**
   * @param mark what operations remember: it says that nothing more can come
   * @param signal fails everything in hand when it aborts; listened to only while there is something
   * @param atRest is called whenever nothing is in hand any more, and when a POST ends while nothing is
   */
  constructor(
    stages: LifeStages,
    mark: Mark,
    { signal, atRest }: { readonly signal: AbortSignal | undefined; readonly atRest: () => void },
  ) {
    this.#stages = stages;
    this.#mark = mark;
    this.#signal = signal;
    this.#atRest = atRest;
  }

  /** Nothing is in hand. */
  get isAtRest(): boolean {
    return this.#stages.inHand.isEmpty;
  }

  /** Nothing is in hand, and no POST is out, not even one that nobody waits for. */
  get isIdle(): boolean {
    return this.isAtRest && this.#stages.dispatch.isIdle;
  }

  /** One more is in hand. */
  take(entry: Entry): void {
    const { inHand } = this.#stages;
    const isFirst = inHand.isEmpty;
    inHand.add(entry);
    if (isFirst) this.#signal?.addEventListener("abort", this.#stop);
  }

  /** The last one in hand is settled. */
  rest(): void {
    this.#signal?.removeEventListener("abort", this.#stop);
    this.#noteEnd();
    this.#atRest();
  }

  /** A POST has ended. */
  landed(): void {
    if (this.isAtRest) this.#atRest();
  }

  /** Nothing more is taken in. */
  close(): void {
    this.#stages.gate.isClosed = true;
    this.#noteEnd();
  }

  /** Everybody unsubscribed at once, and nothing more can come. */
  abandon(): void {
    this.close();
    this.#each((entry) => this.#stages.settle.left(entry));
  }

  /** Nothing more will happen. */
  finish(): void {
    const { loop, events } = this.#stages;
    loop.run(() => events.complete());
  }

  /** The signal has aborted: everything in hand fails with its reason. */
  readonly #stop = (): void => {
    const { gate, settle } = this.#stages;
    this.#each((entry) => settle.failed(entry, gate.closedError(entry, "finish")));
  };

  #noteEnd(): void {
    if (this.#stages.gate.isClosed && this.isAtRest) this.#mark.isOver = true;
  }

  /** Those that subscribers submit meanwhile too, so that none is left. */
  #each(end: (entry: Entry) => void): void {
    const { loop, inHand } = this.#stages;
    loop.run(() => {
      let entry = inHand.first;
      while (entry !== undefined) {
        // Code of the user's may stop us while one is being settled: that one is in hand until it is.
        if (entry.isSettled) entry = entry.after;
        else {
          end(entry);
          entry = inHand.first;
        }
      }
    });
  }
}
