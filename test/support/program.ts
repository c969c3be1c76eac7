import { once } from "node:events";
import { spawn } from "node:child_process";
import process from "node:process";
import { root } from "./sources.ts";

/** A program of this repository in a process of its own. */
export class Program implements AsyncDisposable {
  readonly #child;
  readonly #ended: Promise<number | null>;
  /** All that it has printed. */
  output = "";

  /**
   * @param file from the root of the repository
   * @param options its arguments, and the tsconfig that it is read with
   */
  constructor(
    file: string,
    { args = [], tsconfig = "tsconfig.json" }: {
      readonly args?: readonly string[];
      readonly tsconfig?: string;
    } = {},
  ) {
    this.#child = spawn(
      "node",
      ["--import", "tsx", file, ...args],
      {
        cwd: root,
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, TSX_TSCONFIG_PATH: tsconfig },
      },
    );
    this.#child.stdout.on("data", (chunk) => this.output += chunk);
    this.#child.stderr.on("data", (chunk) => this.output += chunk);
    this.#ended = once(this.#child, "close").then(([code]) => code as number | null);
  }

  /** Waits until it has printed this. @returns what was found */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.output);
      if (found !== null) return found;
      if (this.#child.exitCode !== null) {
        throw new Error(`It ended, and said: ${this.output}`);
      }
      await Promise.race([once(this.#child.stdout, "data"), this.#ended]);
    }
  }

  /** As Ctrl-C does. */
  interrupt(): void {
    // `kill` of the child itself would be taken for its end on Deno, whatever it makes of the signal.
    process.kill(this.#child.pid!, "SIGINT");
  }

  /** @returns its exit code */
  ended(): Promise<number | null> {
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }
}
