import { type BatchEvent, traceEvents } from "@rxbatch/rxbatch";
import { writeFile } from "node:fs/promises";
import { lastValueFrom, type Observer, Subject, toArray } from "rxjs";

/** Keeps what a batcher tells, for a file that Perfetto opens. */
export class Trace {
  readonly #events = new Subject<BatchEvent>();
  readonly #trace = lastValueFrom(this.#events.pipe(traceEvents(), toArray()));

  /** For the option `events`. */
  get events(): Observer<BatchEvent> {
    return this.#events;
  }

  async writeTo(path: string): Promise<void> {
    this.#events.complete();
    await writeFile(path, JSON.stringify({ traceEvents: await this.#trace }));
    console.log(`the trace is in ${path}: open it on https://ui.perfetto.dev`);
  }
}

/** Tells all of them. */
export function both<T>(...observers: readonly Observer<T>[]): Pick<Observer<T>, "next"> {
  return {
    next: (value) => {
      for (const observer of observers) observer.next(value);
    },
  };
}
