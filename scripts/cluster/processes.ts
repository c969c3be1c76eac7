/** Processes that a test starts, and ends by their own ids. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { freePort } from "./postgres.ts";
import type { RunnerOptions } from "./runner.ts";

/** Starts a script beside this one; it says when it is ready. */
export async function startScript<T>(
  name: string,
  argument: unknown,
): Promise<{ readonly child: ChildProcess; readonly ready: T }> {
  const path = fileURLToPath(new URL(name, import.meta.url));
  const child = fork(path, [JSON.stringify(argument)], {
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ready = await new Promise<T>((resolve, reject) => {
    child.once("message", (message) => resolve(message as T));
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code}`)));
  });
  return { child, ready };
}

/** What every runner of a fleet is told. */
export type RunnerCommon = Omit<RunnerOptions, "port">;

/** Runners that are killed and replaced. */
export class RunnerFleet {
  readonly #options: RunnerCommon;
  readonly #runners: ChildProcess[] = [];
  readonly #ports = new Map<number, ChildProcess>();
  /** How long those that were asked to stop took. */
  readonly stopsMs: number[] = [];

  constructor(options: RunnerCommon) {
    this.#options = options;
  }

  async add(): Promise<void> {
    const port = await freePort();
    const { child } = await startScript("runner.ts", { ...this.#options, port });
    child.on("message", (message: { readonly stoppedAfterMs: number }) => {
      this.stopsMs.push(message.stoppedAfterMs);
    });
    this.#runners.push(child);
    this.#ports.set(port, child);
  }

  /** Kills the one that listens there. */
  kill(port: number): void {
    const child = this.#ports.get(port);
    child?.kill("SIGKILL");
    this.#runners.splice(this.#runners.indexOf(child!), 1);
  }

  /** The oldest goes. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const child = this.#runners.shift();
    if (child === undefined) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill(signal);
    await gone;
  }

  /** Freezes the oldest for a while, and lets it go on. */
  async freeze(ms: number): Promise<void> {
    const [child] = this.#runners;
    child?.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, ms));
    child?.kill("SIGCONT");
  }

  async endAll(): Promise<void> {
    while (this.#runners.length > 0) await this.end("SIGKILL");
  }
}
