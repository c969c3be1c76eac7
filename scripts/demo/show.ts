import { Presets, SingleBar } from "cli-progress";

/** A live bar on a terminal, plain lines everywhere else. */
export class Progress {
  readonly #name: string;
  readonly #bar: SingleBar | undefined;
  #nextLineAt = 0;

  constructor(name: string) {
    this.#name = name;
    if (process.stdout.isTTY !== true) return;
    this.#bar = new SingleBar(
      { format: `${name} {bar} {value}/{total}`, hideCursor: true },
      Presets.shades_classic,
    );
    this.#bar.start(1, 0);
  }

  readonly update = (settled: number, submitted: number): void => {
    if (this.#bar !== undefined) {
      this.#bar.setTotal(submitted);
      this.#bar.update(settled);
    } else if (settled >= this.#nextLineAt) {
      console.log(`${this.#name} ${settled}/${submitted}`);
      this.#nextLineAt = settled + 500;
    }
  };

  stop(): void {
    this.#bar?.stop();
  }
}
