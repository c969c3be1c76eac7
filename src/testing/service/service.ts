import { networkError, unpacked } from "../http/answer_stream.ts";
import { systemClock } from "../clock.ts";
import type { Dialect } from "./dialect.ts";
import type { ScriptedFaults } from "../fault/fault.ts";
import { FaultPlan } from "../fault/plan.ts";
import { type Call, ConnectionBroken } from "../http/http.ts";
import { type Ledger, WritableLedger } from "../ledger.ts";
import { listenWith } from "../http/listen.ts";
import { MailboxLoad } from "./mailbox_load.ts";
import type { FakeOptions } from "../options.ts";
import { type Premises, receive } from "./reception.ts";
import { type Item, Store } from "../store/store.ts";
import type { FakeServer, FakeService } from "../surface.ts";
import { Traffic } from "./traffic.ts";

const DEFAULT_MAILBOXES = { "rufus@contoso.com": {} };
const DEFAULT_TOKEN = "fake-token";

/**
 * Any dialect's server. It is its own handler: a function, with everything else as members.
 *
 * @param dialect what it speaks
 * @param options mailboxes, tokens, faults, time
 */
export function serviceOf(dialect: Dialect, options: FakeOptions): FakeService {
  const service = new Service(dialect, options);
  const handle = (input: Request | string | URL, init?: RequestInit): Promise<Response> =>
    input instanceof Request && init === undefined
      ? service.handler(input)
      : service.fetch(input, init);
  const fake: FakeService = Object.assign(handle, {
    token: service.token,
    tokens: service.tokens,
    baseUrl: service.baseUrl,
    fetch: service.fetch,
    handler: service.handler,
    ledger: service.ledger,
    posts: service.posts,
    maxConcurrency: service.maxConcurrency,
    maxConcurrencyOf: service.maxConcurrencyOf.bind(service),
    items: service.items.bind(service),
    next: service.next.bind(service),
    listen: service.listen.bind(service),
    reset: service.reset.bind(service),
  });
  // Counters must go on counting.
  return Object.defineProperties(fake, {
    posts: { get: () => service.posts, enumerable: true },
    maxConcurrency: { get: () => service.maxConcurrency, enumerable: true },
  });
}

class Service {
  readonly tokens: Map<string, readonly string[]> = new Map();
  readonly #store = new Store();
  readonly #ledger = new WritableLedger();
  readonly #traffic = new Traffic();
  readonly #plan: FaultPlan;
  readonly #premises: Premises;

  constructor(dialect: Dialect, options: FakeOptions) {
    const { seed = 1, faults = [], script = [], clock = systemClock } = options;
    this.#plan = new FaultPlan(faults, script, seed);
    this.#premises = {
      dialect,
      house: { store: this.#store, tokens: this.tokens, now: () => clock.now() },
      plan: this.#plan,
      ledger: this.#ledger,
      traffic: this.#traffic,
      load: new MailboxLoad(dialect.mailboxConcurrency),
      clock,
      seed,
      options,
    };
    this.#fill();
  }

  get token(): string {
    return Object.keys(this.#premises.options.tokens ?? {})[0] ?? DEFAULT_TOKEN;
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
    const { address = mailbox } = this.#store.find(mailbox) ?? {};
    return this.#traffic.maxConcurrencyOf(address);
  }

  items(mailbox: string, collection: string): Item[] {
    const found = this.#store.find(mailbox);
    const items = found && this.#premises.dialect.show(found, collection);
    if (items !== undefined) return items;
    throw new RangeError(
      `Cannot show items as mailbox and collection must be known: current value is ${
        found === undefined ? `a mailbox of ${mailbox.length} characters` : collection
      }`,
    );
  }

  next(...lines: readonly ScriptedFaults[]): void {
    this.#plan.append(lines);
  }

  reset(): void {
    this.#ledger.clear();
    this.#traffic.reset();
    this.#plan.reset();
    this.#store.clear();
    this.#fill();
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

  #fill(): void {
    const { dialect, seed, clock, options } = this.#premises;
    const { mailboxes = DEFAULT_MAILBOXES, tokens } = options;
    for (const [address, content] of Object.entries(mailboxes)) {
      this.#store.add(dialect.createMailbox(address, content, { seed, now: clock.now() }));
    }
    this.tokens.clear();
    const granted = tokens ?? { [DEFAULT_TOKEN]: this.#store.addresses() };
    for (const [token, addresses] of Object.entries(granted)) {
      this.tokens.set(token, typeof addresses === "string" ? [addresses] : addresses);
    }
  }
}

async function callOf(request: Request): Promise<Call> {
  return {
    method: request.method,
    url: new URL(request.url),
    headers: Object.fromEntries(request.headers),
    body: new Uint8Array(await request.arrayBuffer()),
  };
}
