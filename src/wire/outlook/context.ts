import type { ServiceBase } from "../service.ts";
import type { BatchContext } from "../wire.ts";
import type { Mailbox } from "./mailbox.ts";

/** A mailbox and its `$batch` URL, with what its batches and their parts are written with. */
export interface OutlookContext extends BatchContext {
  /** The user's, for `x-AnchorMailbox`. */
  readonly address: string | undefined;
  /** What a request-target begins with, without and with a slash at its end. */
  readonly root: string;
  readonly folder: string;
}

/** Makes the contexts of one service. */
export class OutlookContexts {
  readonly #base: ServiceBase;
  readonly #isBeta: boolean;
  /** For as long as a mailbox is remembered. */
  readonly #plain = new WeakMap<Mailbox, OutlookContext>();

  constructor(base: ServiceBase, isBeta: boolean) {
    this.#base = base;
    this.#isBeta = isBeta;
  }

  /** All operations without a token of their own have one: with mailboxes in turn, each would have one made. */
  of(mailbox: Mailbox, authorization: string | undefined): OutlookContext {
    if (authorization !== undefined) return this.#context(mailbox, authorization);
    let context = this.#plain.get(mailbox);
    if (context === undefined) {
      context = this.#context(mailbox, undefined);
      this.#plain.set(mailbox, context);
    }
    return context;
  }

  #context({ name, address }: Mailbox, authorization: string | undefined): OutlookContext {
    const { origin, path, query } = this.#base;
    // Protocol A1 row 2: the beta preview knows one mailbox, and no context in the URL.
    const segment = this.#isBeta && name === "me" ? "" : `${name}/`;
    return {
      // Neither a name nor a header value holds a line end.
      key: authorization === undefined ? name : `${name}\n${authorization}`,
      url: `${origin}${path}${segment}$batch${query}`,
      name,
      address,
      root: `${path}${name}`,
      folder: `${path}${name}/`,
      authorization,
    };
  }
}
