import { type BatchEvent, progress } from "@rxbatch/rxbatch";
import { Presets, SingleBar } from "cli-progress";
import type { Observer } from "rxjs";
import { Subject } from "rxjs";

/** A live bar on a terminal, plain lines everywhere else. */
export class ProgressBar {
  readonly #name: string;
  readonly #bar: SingleBar | undefined;
  /** For a batcher's `events`: then the bar tells rates, too. */
  readonly events: Observer<BatchEvent>;
  #nextLineAt = 0;
  #rate = "";

  constructor(name: string) {
    this.#name = name;
    const events = new Subject<BatchEvent>();
    this.events = events;
    if (process.stdout.isTTY !== true) return;
    events.pipe(progress()).subscribe(({ perSecond, retried }) => {
      this.#rate = `${Math.round(perSecond)}/s, ${retried} again`;
    });
    this.#bar = new SingleBar(
      { format: `${name} {bar} {value}/{total} {rate}`, hideCursor: true },
      Presets.shades_classic,
    );
    this.#bar.start(1, 0, { rate: "" });
  }

  readonly update = (settled: number, submitted: number): void => {
    if (this.#bar !== undefined) {
      this.#bar.setTotal(submitted);
      this.#bar.update(settled, { rate: this.#rate });
    } else if (settled >= this.#nextLineAt) {
      console.log(`${this.#name} ${settled}/${submitted}`);
      this.#nextLineAt = settled + 500;
    }
  };

  stop(): void {
    this.#bar?.stop();
  }
}
