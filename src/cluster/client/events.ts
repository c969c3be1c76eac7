import { Observable, share, Subject } from "rxjs";
import type { BatchEvent, SentOperation } from "../../../mod.ts";
import type { WireAnswer } from "../message/answer.ts";
import type { WireEvent } from "../message/event.ts";

/** What happens to operations on their way through a cluster. */
export type ClusterEvent = BatchEvent & {
  /** The runner where it happened, as host and port; none: here. */
  readonly runner?: string | undefined;
};

/** How an operation ended on its runner; the pipeline of a client sees an answer with an error. */
interface End {
  readonly attempts: number;
  readonly error: string | undefined;
}

/**
 * The events of a client: its own, and those of runners, which come with the answers that they led to. Messages are no
 * batches, so nothing is told of them.
 */
export class Events {
  readonly events$: Observable<ClusterEvent>;
  readonly #remote = new Subject<ClusterEvent>();
  readonly #ends = new Map<number, End>();
  /** What was submitted for what was built of it, where these are not the same. */
  readonly #submitted = new Map<number, number>();
  #encoded: readonly SentOperation[] = [];
  #isHeard = false;

  constructor(own: () => Observable<BatchEvent>) {
    const all$ = new Observable<ClusterEvent>((subscriber) => {
      this.#isHeard = true;
      subscriber.add(() => {
        this.#isHeard = false;
        this.#ends.clear();
        this.#submitted.clear();
      });
      subscriber.add(this.#remote.subscribe((event) => subscriber.next(event)));
      subscriber.add(
        own().subscribe({
          next: (event) => {
            const told = this.#own(event);
            if (told !== undefined) subscriber.next(told);
          },
          complete: () => subscriber.complete(),
        }),
      );
    });
    // What is kept of an answer is taken once, for all who listen.
    this.events$ = all$.pipe(share());
  }

  get isHeard(): boolean {
    return this.#isHeard;
  }

  /** A message is about to leave: the next thing that the pipeline tells is that it does. */
  encoded(operations: readonly SentOperation[]): void {
    this.#encoded = operations;
  }

  /** An answer has come, with what happened on its runner. */
  answered(
    { outcomes, events = [], runner }: WireAnswer,
    operations: readonly SentOperation[],
  ): void {
    if (!this.isHeard) return;
    const ids = operations.map(({ id }) => this.#submitted.get(id) ?? id);
    operations.forEach(({ id }, place) => {
      if (outcomes[place] !== null) this.#submitted.delete(id);
    });
    outcomes.forEach((outcome, place) => {
      if (outcome === null) return;
      this.#ends.set(
        ids[place]!,
        "failure" in outcome
          ? { attempts: outcome.failure.attempts ?? 0, error: outcome.failure.tag }
          : { attempts: outcome.attempts, error: undefined },
      );
    });
    for (const event of events) this.#remote.next({ ...told(event, ids, operations), runner });
  }

  #own(event: BatchEvent): ClusterEvent | undefined {
    if (event.type === "sent") return void this.#name(event.operations);
    if (event.type === "answered") return undefined;
    if (event.type !== "settled") return event;
    const end = this.#ends.get(event.operation);
    this.#ends.delete(event.operation);
    return end === undefined
      ? event
      : { ...event, attempts: end.attempts, error: event.error && (end.error ?? event.error) };
  }

  #name(submitted: readonly number[]): void {
    this.#encoded.forEach(({ id }, place) => {
      const named = submitted[place]!;
      if (named !== id) this.#submitted.set(id, named);
    });
  }
}

function told(
  event: WireEvent,
  ids: readonly number[],
  operations: readonly SentOperation[],
): BatchEvent {
  switch (event.type) {
    case "sent": {
      const { places, ...rest } = event;
      return { ...rest, operations: places.map((place) => ids[place]!), size: places.length };
    }
    case "answered": {
      const { status, requestId, clientRequestId } = event;
      return { ...event, status, requestId, clientRequestId };
    }
    case "retried": {
      const { place, status, ...rest } = event;
      return { ...rest, operation: ids[place]!, label: operations[place]!.label, status };
    }
  }
}
