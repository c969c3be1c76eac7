import { once } from "node:events";
import { spawn } from "node:child_process";
import { root } from "./sources.ts";

/** A program of this repository in a process of its own. */
export class Program implements AsyncDisposable {
  readonly #child;
  readonly #ended: Promise<unknown>;
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
      ["node_modules/tsx/dist/cli.mjs", "--tsconfig", tsconfig, file, ...args],
      { cwd: root, stdio: ["ignore", "pipe", "pipe"] },
    );
    this.#child.stdout.on("data", (chunk) => this.output += chunk);
    this.#child.stderr.on("data", (chunk) => this.output += chunk);
    this.#ended = once(this.#child, "close");
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
    this.#child.kill("SIGINT");
  }

  /** @returns its exit code */
  async ended(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }
}
