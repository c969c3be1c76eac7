import type { Observable } from "rxjs";
import { tap } from "rxjs";
import type { HttpResponse, Operation } from "../../../mod.ts";
import type { PlainPart } from "../../support/plain_wire.ts";
import { Random } from "../../support/random.ts";
import type { Rig, SentBatch } from "../../support/rig.ts";

/** Lane and service of an operation, as its URL says it: `s1-l0-7`; a service that is none is named `x`. */
export function placeOf(url: string): { readonly lane: string; readonly service: string } {
  const [service, lane] = url.split("-") as [string, string];
  return { lane, service };
}

/** What the server asks of the program. */
export interface ServerCalls {
  operationOf(url: string): Operation;
  /** Does anybody wait for its answer? The POST is dropped once nobody waits for the rest of it. */
  isAwaited(url: string): boolean;
}

/** A server of several services, each of which throttles by itself; it honours `dependsOn` within a batch. */
export class ThrottlingServer {
  /** How often each operation was run. */
  readonly runs: Map<string, number> = new Map();
  readonly violations: string[] = [];
  readonly #rig: Rig;
  readonly #random: Random;
  readonly #faults: number;
  readonly #calls: ServerCalls;
  /** By lane, and by lane and service: before when nothing may come. */
  readonly #pausedUntilMs = new Map<string, number>();

  constructor(
    rig: Rig,
    { seed, faults }: { readonly seed: number; readonly faults: number },
    calls: ServerCalls,
  ) {
    this.#rig = rig;
    this.#random = new Random(seed);
    this.#faults = faults;
    this.#calls = calls;
  }

  answer({ urls }: SentBatch): Observable<HttpResponse> {
    for (const url of urls) this.#checkPause(url);
    const afterMs = this.#random.pick([1, 1, 10, 50]);
    const fault = this.#random.chance(this.#faults / 3)
      ? this.#random.pick(["throttles", "spoilt", "breaks", "lost"] as const)
      : undefined;
    if (fault === "throttles") {
      const seconds = this.#seconds();
      return this.#rig.reply("busy", {
        afterMs,
        status: 429,
        headers: { "retry-after": String(seconds) },
      }).pipe(tap(() => {
        for (const url of urls) this.#pause(placeOf(url).lane, seconds);
      }));
    }
    if (fault === "spoilt") return this.#rig.reply("no", { afterMs, status: 400 });
    if (fault === "breaks") return this.#rig.failing(new Error("cut"), afterMs);
    const parts = this.#parts(urls);
    if (fault === "lost") return this.#rig.failing(new Error("lost"), afterMs);
    return this.#rig.reply(parts, { afterMs }).pipe(tap(() => {
      for (const { index, headers } of parts) {
        const url = urls[index!]!;
        if (headers === undefined || !this.#calls.isAwaited(url)) continue;
        const { lane, service } = placeOf(url);
        this.#pause(service === "x" ? lane : `${lane} ${service}`, Number(headers["retry-after"]));
      }
    }));
  }

  /** It runs what it does not refuse, and nothing whose parent it refused in the same batch. */
  #parts(urls: readonly string[]): (PlainPart & { readonly status: number })[] {
    const refused = new Set<number>();
    return urls.map((url, index) => {
      const operation = this.#calls.operationOf(url);
      if (operation.dependsOn.some(({ id }) => refused.has(id))) {
        refused.add(operation.id);
        return { index, status: 424 };
      }
      const status = this.#random.chance(this.#faults)
        ? this.#random.pick([429, 503, 503, 404])
        : 200;
      if (status !== 200) refused.add(operation.id);
      else this.runs.set(url, (this.runs.get(url) ?? 0) + 1);
      if (status !== 429 || this.#random.chance(0.2)) return { index, status, body: url };
      return { index, status, headers: { "retry-after": String(this.#seconds()) } };
    });
  }

  #seconds(): number {
    return this.#random.pick([0.02, 0.02, 0.1, 0.1, 1, 300]);
  }

  #pause(name: string, seconds: number): void {
    const untilMs = this.#rig.now + seconds * 1000;
    this.#pausedUntilMs.set(name, Math.max(untilMs, this.#pausedUntilMs.get(name) ?? 0));
  }

  #checkPause(url: string): void {
    const { lane, service } = placeOf(url);
    for (const name of [lane, `${lane} ${service}`]) {
      const untilMs = this.#pausedUntilMs.get(name) ?? 0;
      // Seconds in fractions are no whole milliseconds to a computer.
      if (this.#rig.now < untilMs - 1e-6) {
        this.violations.push(
          `@${this.#rig.now} ${url} leaves while ${name} pauses until ${untilMs}`,
        );
      }
    }
  }
}
