import { config, Observable, type Observer, type Subscriber, Subscription } from "rxjs";
import type { BatchError } from "../operation/errors.ts";
import { isOperation } from "../operation/identity.ts";
import type { AnyOperation } from "../operation/operation.ts";
import type { OperationResponse } from "../operation/response.ts";
import { Entry, type Sink } from "../pipeline/entry.ts";
import type { Pipeline } from "../pipeline/pipeline.ts";
import { noOperation } from "./given.ts";
import { report } from "../pipeline/time/report.ts";

/**
 * What `send()` returns. RxJS makes a Subscriber, with arrays and observers of its own, for whoever subscribes: more than
 * all else that an operation keeps while it waits. A plain observer does without, and is told as RxJS would tell it.
 */
export class Sending<T> extends Observable<OperationResponse<T>> {
  declare readonly operation: AnyOperation<T>;
  declare readonly pipeline: Pipeline;

  constructor(operation: AnyOperation<T>, pipeline: Pipeline) {
    super(sendFor);
    this.operation = operation;
    this.pipeline = pipeline;
  }

  override subscribe(
    observer?: Receiver<T>,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    if (error || complete || !isPlain(observer) || !isOperation(this.operation)) {
      return super.subscribe(observer as (response: OperationResponse<T>) => void, error, complete);
    }
    const waiting = new PlainSubscription(observer ?? undefined);
    waiting.entry = submitted(this, PLAIN, waiting);
    return waiting;
  }
}

type Receiver<T> =
  | Partial<Observer<OperationResponse<T>>>
  | ((response: OperationResponse<T>) => void)
  | null
  | undefined;

/** An operator downstream is a Subscription as well, and counts on RxJS to end it. */
function isPlain<T>(observer: Receiver<T>): boolean {
  if (config.useDeprecatedNextContext || config.useDeprecatedSynchronousErrorHandling) return false;
  return typeof observer !== "object" || observer === null || !("unsubscribe" in observer);
}

/** One function for all: RxJS calls it as a method. */
function sendFor<T>(
  this: Observable<OperationResponse<T>>,
  subscriber: Subscriber<OperationResponse<T>>,
): Entry | void {
  const sending = this as Sending<T>;
  if (isOperation(sending.operation)) return submitted(sending, SUBSCRIBER, subscriber);
  subscriber.error(noOperation(sending.operation));
}

function submitted<T>({ operation, pipeline }: Sending<T>, sink: Sink, receiver: unknown): Entry {
  const entry = new Entry(operation, pipeline, sink, receiver);
  pipeline.submit(entry);
  return entry;
}

const SUBSCRIBER: Sink = {
  answered(entry, response) {
    const subscriber = entry.receiver as Subscriber<OperationResponse<unknown>>;
    subscriber.next(response);
    subscriber.complete();
  },
  failed(entry, error) {
    (entry.receiver as Subscriber<OperationResponse<unknown>>).error(error);
  },
};

const PLAIN: Sink = {
  answered: (entry, response) => (entry.receiver as PlainSubscription<unknown>).answered(response),
  failed: (entry, error) => (entry.receiver as PlainSubscription<unknown>).failed(error),
};

/** A plain observer who waits, and may leave. */
class PlainSubscription<T> extends Subscription {
  declare readonly observer: Receiver<T>;
  /** There is none yet while it is submitted, when nobody can unsubscribe either. */
  entry: Entry | undefined = undefined;

  constructor(observer: Receiver<T>) {
    super();
    this.observer = observer;
  }

  override unsubscribe(): void {
    if (this.closed) return;
    this.entry?.unsubscribe();
    super.unsubscribe();
  }

  answered(response: OperationResponse<T>): void {
    const { observer } = this;
    try {
      if (typeof observer === "function") observer(response);
      else observer?.next?.(response);
    } catch (error) {
      report(error);
    }
    // It may have left while it was told.
    if (this.closed) return;
    try {
      if (typeof observer === "object") observer?.complete?.();
    } catch (error) {
      report(error);
    }
    super.unsubscribe();
  }

  failed(failure: BatchError): void {
    const { observer } = this;
    try {
      if (typeof observer === "object" && observer?.error) observer.error(failure);
      else report(failure);
    } catch (error) {
      report(error);
    }
    super.unsubscribe();
  }
}
