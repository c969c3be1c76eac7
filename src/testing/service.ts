import { networkError, unpacked } from "./answer_stream.ts";
import { answerBatch } from "./batch_desk.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Dialect, House } from "./dialect.ts";
import { drawnMs } from "./fault_answer.ts";
import { FaultPlan } from "./fault_plan.ts";
import type { ScriptedFaults } from "./fault.ts";
import { type Call, ConnectionBroken, Refusal, refusalAnswer, responseOf } from "./http.ts";
import { type Ledger, type OpenBatch, type OpenEntry, WritableLedger } from "./ledger.ts";
import { listenWith } from "./listen.ts";
import type { FakeOptions } from "./options.ts";
import { Random } from "./random.ts";
import { type Item, Store } from "./store.ts";
import type { FakeServer, FakeService } from "./surface.ts";
import { Traffic } from "./traffic.ts";

const DEFAULT_MAILBOXES = { "rufus@contoso.com": {} };
const DEFAULT_TOKEN = "fake-token";

/** Any dialect's server. */
export class Service implements FakeService {
  readonly tokens: Map<string, readonly string[]> = new Map();
  readonly baseUrl: string;
  readonly #ledger = new WritableLedger();
  readonly #dialect: Dialect;
  readonly #options: FakeOptions;
  readonly #seed: number;
  readonly #clock: Clock;
  readonly #plan: FaultPlan;
  readonly #house: House;
  readonly #store = new Store();
  #traffic = new Traffic();

  constructor(dialect: Dialect, options: FakeOptions) {
    const { seed = 1, faults = [], script = [], clock = systemClock } = options;
    this.#dialect = dialect;
    this.#options = options;
    this.#seed = seed;
    this.#clock = clock;
    this.#plan = new FaultPlan(faults, script, seed);
    this.#house = { store: this.#store, tokens: this.tokens, now: () => clock.now() };
    this.baseUrl = dialect.baseUrl;
    this.#fill();
  }

  get token(): string {
    return Object.keys(this.#options.tokens ?? {})[0] ?? DEFAULT_TOKEN;
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
    const items = found && this.#dialect.show(found, collection);
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
    this.#traffic = new Traffic();
    this.#plan.reset();
    this.#store.clear();
    this.#fill();
  }

  readonly fetch = async (input: Request | string | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    // The caller's own signal: a copy in a Request may be collected before it fires.
    const signal = init?.signal ?? (input instanceof Request ? input.signal : request.signal);
    signal.throwIfAborted();
    try {
      if (new URL(request.url).origin !== new URL(this.baseUrl).origin) {
        throw new ConnectionBroken("ENOTFOUND");
      }
      const response = await this.#serve(await callOf(request), signal);
      signal.throwIfAborted();
      return unpacked(response);
    } catch (error) {
      throw networkError(error);
    }
  };

  readonly handler = async (request: Request): Promise<Response> => {
    try {
      return await this.#serve(await callOf(request), request.signal);
    } catch (error) {
      throw networkError(error);
    }
  };

  async listen(port = 0): Promise<FakeServer> {
    const { origin, close } = await listenWith((call, signal) => this.#serve(call, signal), port);
    return {
      url: origin,
      baseUrl: this.#dialect.baseUrlAt(origin),
      close,
      [Symbol.asyncDispose]: close,
    };
  }

  #fill(): void {
    const { mailboxes = DEFAULT_MAILBOXES, tokens } = this.#options;
    const options = { seed: this.#seed, now: this.#clock.now() };
    for (const [address, seed] of Object.entries(mailboxes)) {
      this.#store.add(this.#dialect.createMailbox(address, seed, options));
    }
    this.tokens.clear();
    const granted = tokens ?? { [DEFAULT_TOKEN]: this.#store.addresses() };
    for (const [token, addresses] of Object.entries(granted)) {
      this.tokens.set(token, typeof addresses === "string" ? [addresses] : addresses);
    }
  }

  async #serve(call: Call, signal: AbortSignal): Promise<Response> {
    if (this.#dialect.isBatch(call)) return await this.#serveBatch(call, signal);
    const entry = this.#entryOf(call, 0, 0);
    this.#ledger.enter(entry);
    await this.#pause(`single ${this.#ledger.entries.length}`, signal);
    try {
      entry.mailbox = this.#dialect.admit(call, this.#house).address;
      entry.carriedOut = true;
      return this.#answered(entry, responseOf(this.#dialect.carryOut(call, this.#house)));
    } catch (error) {
      if (error instanceof Refusal) return this.#answered(entry, responseOf(refusalAnswer(error)));
      throw error;
    }
  }

  #answered(entry: OpenEntry, response: Response): Response {
    entry.status = response.status;
    entry.answered = true;
    return response;
  }

  async #serveBatch(call: Call, signal: AbortSignal): Promise<Response> {
    const record = this.#recordOf(call);
    this.#ledger.enterBatch(record);
    try {
      const response = await this.#batch(call, signal, record);
      record.status = response.status;
      return response;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      record.status = error.status;
      return responseOf(refusalAnswer(error));
    }
  }

  async #batch(call: Call, signal: AbortSignal, record: OpenBatch): Promise<Response> {
    const { address } = this.#dialect.admit(call, this.#house);
    record.mailbox = address;
    const leave = this.#traffic.enter(address);
    const left = new AbortController();
    const abort = (): void => {
      record.aborted = true;
      left.abort(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    const end = (): void => {
      leave();
      signal.removeEventListener("abort", abort);
      if (left.signal.aborted) record.aborted = true;
    };
    try {
      const batch = this.#dialect.readBatch(call, this.#house);
      const entries = batch.operations.map((operation, index) => ({
        ...this.#entryOf(operation, record.post, index),
        mailbox: address,
      }));
      const strikes = this.#plan.strikes(record, address, entries);
      // What was never sent was never received.
      if (!record.faults.includes("refuse")) {
        record.size = entries.length;
        entries.forEach((entry) => this.#ledger.enter(entry));
      }
      await this.#pause(`batch ${record.post}`, left.signal);
      const { order = "any", echoContentId = false } = this.#options;
      return await answerBatch({
        dialect: this.#dialect,
        house: this.#house,
        clock: this.#clock,
        seed: this.#seed,
        ...{ order, echoContentId, post: record.post, batch, entries, strikes, left, end },
      });
    } catch (error) {
      end();
      throw error;
    }
  }

  #recordOf(call: Call): OpenBatch {
    return {
      post: ++this.#traffic.posts,
      mailbox: undefined,
      path: pathOf(call),
      headers: call.headers,
      size: 0,
      status: undefined,
      faults: [],
      aborted: false,
    };
  }

  #entryOf(call: Call, post: number, index: number): OpenEntry {
    const { method, headers, body } = call;
    const path = pathOf(call);
    return {
      ...{ post, index, method, path, headers },
      key: headers["client-request-id"] ?? `${method} ${path}`,
      mailbox: "",
      bodyText: body.length === 0 ? undefined : new TextDecoder().decode(body),
      status: undefined,
      carriedOut: false,
      answered: false,
    };
  }

  async #pause(purpose: string, signal: AbortSignal): Promise<void> {
    const { latencyMs = 0 } = this.#options;
    if (latencyMs === 0) return;
    const random = new Random(this.#seed, `latency of ${purpose}`);
    await this.#clock.wait(drawnMs(latencyMs, random), signal);
  }
}

function pathOf({ url }: Call): string {
  return url.pathname + url.search;
}

async function callOf(request: Request): Promise<Call> {
  return {
    method: request.method,
    url: new URL(request.url),
    headers: Object.fromEntries(request.headers),
    body: new Uint8Array(await request.arrayBuffer()),
  };
}
