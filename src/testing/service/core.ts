import { networkError, unpacked } from "../http/answer_stream.ts";
import { systemClock } from "../clock.ts";
import type { Dialect, House } from "./dialect.ts";
import type { ScriptedFaults } from "../fault/fault.ts";
import { FaultPlan } from "../fault/plan.ts";
import { type Call, ConnectionBroken } from "../http/http.ts";
import { type Ledger, WritableLedger } from "../ledger.ts";
import { listenWith } from "../http/listen.ts";
import { MailboxLoad } from "./mailbox_load.ts";
import { type Premises, receive, type ReceptionOptions } from "./reception.ts";
import type { FakeCore, FakeServer } from "../surface.ts";
import { Traffic } from "./traffic.ts";

/** What every fake service has, whatever it stores: a door, faults by plan, and a ledger. */
export class Core {
  readonly #ledger = new WritableLedger();
  readonly #traffic = new Traffic();
  readonly #plan: FaultPlan;
  readonly #premises: Premises;

  constructor(dialect: Dialect, house: Omit<House, "now">, options: ReceptionOptions) {
    const { seed = 1, faults = [], script = [], clock = systemClock } = options;
    this.#plan = new FaultPlan(faults, script, seed);
    this.#premises = {
      dialect,
      house: { ...house, now: () => clock.now() },
      plan: this.#plan,
      ledger: this.#ledger,
      traffic: this.#traffic,
      load: new MailboxLoad(dialect.mailboxConcurrency),
      clock,
      seed,
      options,
    };
  }

  get baseUrl(): string {
    return this.#premises.dialect.baseUrl;
  }

  get ledger(): Ledger {
    return this.#ledger;
  }

  get posts(): number {
    return this.#traffic.posts;
  }

  get maxConcurrency(): number {
    return this.#traffic.maxConcurrency;
  }

  maxConcurrencyOf(mailbox: string): number {
    return this.#traffic.maxConcurrencyOf(mailbox);
  }

  next(...lines: readonly ScriptedFaults[]): void {
    this.#plan.append(lines);
  }

  reset(): void {
    this.#ledger.clear();
    this.#traffic.reset();
    this.#plan.reset();
  }

  readonly fetch = async (input: Request | string | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    // The caller's own signal: a copy in a Request may be collected before it fires.
    const signal = init?.signal ?? (input instanceof Request ? input.signal : request.signal);
    try {
      signal.throwIfAborted();
      if (new URL(request.url).origin !== new URL(this.baseUrl).origin) {
        throw new ConnectionBroken("ENOTFOUND");
      }
      const response = await receive(await callOf(request), signal, this.#premises);
      signal.throwIfAborted();
      return unpacked(response);
    } catch (error) {
      throw networkError(error);
    }
  };

  readonly handler = async (request: Request): Promise<Response> => {
    try {
      return await receive(await callOf(request), request.signal, this.#premises);
    } catch (error) {
      throw networkError(error);
    }
  };

  async listen(port = 0): Promise<FakeServer> {
    const { origin, close } = await listenWith(
      (call, signal) => receive(call, signal, this.#premises),
      port,
    );
    return {
      url: origin,
      baseUrl: this.#premises.dialect.baseUrlAt(origin),
      close,
      [Symbol.asyncDispose]: close,
    };
  }
}

/** A service that is its own handler: a function, with everything else as members. */
export function serviceOn<M extends object>(core: Core, members: M): FakeCore & M {
  const handle = (input: Request | string | URL, init?: RequestInit): Promise<Response> =>
    input instanceof Request && init === undefined ? core.handler(input) : core.fetch(input, init);
  const fake = Object.assign(handle, {
    baseUrl: core.baseUrl,
    fetch: core.fetch,
    handler: core.handler,
    ledger: core.ledger,
    posts: core.posts,
    maxConcurrency: core.maxConcurrency,
    next: core.next.bind(core),
    listen: core.listen.bind(core),
    ...members,
  });
  // Counters must go on counting.
  return Object.defineProperties(fake, {
    posts: { get: () => core.posts, enumerable: true },
    maxConcurrency: { get: () => core.maxConcurrency, enumerable: true },
  });
}

async function callOf(request: Request): Promise<Call> {
  return {
    method: request.method,
    url: new URL(request.url),
    headers: Object.fromEntries(request.headers),
    body: new Uint8Array(await request.arrayBuffer()),
  };
}
