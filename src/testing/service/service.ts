import { checkFakeOptions } from "../checked_options.ts";
import { systemClock } from "../clock.ts";
import { Core, serviceOn } from "./core.ts";
import type { MailDialect } from "./dialect.ts";
import type { FakeOptions } from "../options.ts";
import { type Item, Store } from "../store/store.ts";
import type { FakeCore, FakeService } from "../surface.ts";

const DEFAULT_MAILBOXES = { "rufus@contoso.com": {} };
export const DEFAULT_TOKEN = "fake-token";

/**
 * The server of any dialect of mailboxes.
 *
 * @param dialect what it speaks
 * @param options mailboxes, tokens, faults, time
 */
export function serviceOf(dialect: MailDialect, options: FakeOptions): FakeService {
  checkFakeOptions(options);
  const mailboxes = new Mailboxes(dialect, options);
  const { store, tokens } = mailboxes;
  const core = new Core(dialect, { store, tokens }, options);
  return serviceOn<Omit<FakeService, keyof FakeCore>>(core, {
    token: Object.keys(options.tokens ?? {})[0] ?? DEFAULT_TOKEN,
    tokens,
    maxConcurrencyOf(mailbox: string): number {
      return core.maxConcurrencyOf(store.find(mailbox)?.address ?? mailbox);
    },
    items: (mailbox: string, collection: string) => mailboxes.items(mailbox, collection),
    reset(): void {
      core.reset();
      mailboxes.fill();
    },
  });
}

/** All that the people have, and which tokens open it. */
class Mailboxes {
  readonly store = new Store();
  readonly tokens: Map<string, readonly string[]> = new Map();
  readonly #dialect: MailDialect;
  readonly #options: FakeOptions;

  constructor(dialect: MailDialect, options: FakeOptions) {
    this.#dialect = dialect;
    this.#options = options;
    this.fill();
  }

  /** Back to what was there at first. */
  fill(): void {
    const { mailboxes = DEFAULT_MAILBOXES, tokens, seed = 1, clock = systemClock } = this.#options;
    this.store.clear();
    for (const [address, content] of Object.entries(mailboxes)) {
      const options = { seed, now: clock.now() };
      this.store.add(this.#dialect.createMailbox(address, content, options));
    }
    this.tokens.clear();
    const granted = tokens ?? { [DEFAULT_TOKEN]: this.store.addresses() };
    for (const [token, addresses] of Object.entries(granted)) {
      this.tokens.set(token, typeof addresses === "string" ? [addresses] : addresses);
    }
  }

  items(mailbox: string, collection: string): Item[] {
    const found = this.store.find(mailbox);
    const items = found && this.#dialect.show(found, collection);
    if (items !== undefined) return items;
    throw new RangeError(
      `Cannot show items as mailbox and collection must be known: current value is ${
        found === undefined ? `a mailbox of ${mailbox.length} characters` : collection
      }`,
    );
  }
}
