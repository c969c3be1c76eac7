import { lengthOf, OperationError } from "../../operation/errors.ts";
import type { Operation } from "../../operation/operation.ts";
import { type Mailbox, ME, readContext } from "./mailbox.ts";
import type { ServiceBase } from "../service.ts";
import { checkPath, pathBelow, refusedUrl } from "../service_url.ts";

/** Where an operation's URL leads. */
export interface Place {
  /** Whose mailbox. */
  readonly mailbox: Mailbox;
  /** What follows the context: empty, a query, or a path after its slash. */
  readonly rest: string;
}

const SERVICE = "Outlook";
/** A batch-relative path that names a context, which the batch has already named. */
const NAMES_CONTEXT = /^(?:me(?:[/?]|$)|users(?:[/?(]|%28|$))/i;
/** A plain path (`faultInPath` has the same) that does not; one look instead of two, as most URLs are like this. */
const PLAIN_REST =
  /^(?!me(?:[/?]|$)|users(?:[/?(]|%28|$))[^ ./\\%:;?$][^/\\%:;?$]*(?:\/[^./\\%:;?$][^/\\%:;?$]*)*(?:\?|$)/i;

/** The most contexts that are remembered: a million mailboxes seen once must not stay in memory. */
const MAX_REMEMBERED = 4096;

/**
 * Reads the three forms of URL that Outlook takes (protocol A1 row 14), and refuses whatever leads out of the base URL
 * or out of a mailbox.
 */
export class OutlookUrls {
  readonly #base: ServiceBase;
  readonly #isBeta: boolean;
  readonly #remembered = new Map<string, Mailbox>();
  #lastText = "me";
  #lastMailbox: Mailbox = ME;

  /** `isBeta`: the batch URL has no context segment there, so that batch-relative paths may name one. */
  constructor(base: ServiceBase, isBeta: boolean) {
    this.#base = base;
    this.#isBeta = isBeta;
  }

  /**
   * Where an operation leads.
   *
   * @param operation its URL in any of the three forms
   * @returns mailbox and path
   * @throws {OperationError} when it leads elsewhere, or its `context` contradicts its URL
   */
  placeOf(operation: Operation): Place {
    const { url, context } = operation;
    const mailbox = context === undefined ? undefined : this.#mailboxOf(operation, context);
    if (PLAIN_REST.test(url)) return { mailbox: mailbox ?? ME, rest: url };
    const path = this.#pathOf(operation);
    if (path === undefined) return this.#relativePlace(operation, mailbox, url);
    const place = this.#namedPlace(operation, path);
    if (mailbox !== undefined && mailbox.name !== place.mailbox.name) {
      throw refused(operation, "its context must be that of its URL");
    }
    return place;
  }

  /** What follows the base path; `undefined` for a batch-relative URL. */
  #pathOf(operation: Operation): string | undefined {
    const path = pathBelow(operation, this.#base, SERVICE);
    if (path === undefined && operation.url.startsWith("/")) {
      throw refused(operation, "a URL with a leading slash must begin with the path of baseUrl");
    }
    return path;
  }

  #relativePlace(operation: Operation, mailbox: Mailbox | undefined, url: string): Place {
    if (NAMES_CONTEXT.test(url)) {
      if (!this.#isBeta) {
        throw refused(operation, "a batch-relative URL must not name a context before its path");
      }
      const place = this.#namedPlace(operation, url);
      if (mailbox === undefined || mailbox.name === place.mailbox.name) return place;
      throw refused(operation, "its context must be that of its URL");
    }
    checkPath(operation, url, SERVICE);
    return { mailbox: mailbox ?? ME, rest: url };
  }

  #namedPlace(operation: Operation, path: string): Place {
    const found = readContext(path);
    if (found === undefined) {
      throw refused(operation, "a URL must name me or users('…') after the path of baseUrl");
    }
    const rest = path.slice(found.length);
    if (rest === "" || rest === "/" || rest.startsWith("?")) {
      return { mailbox: found.mailbox, rest: rest === "/" ? "" : rest };
    }
    checkPath(operation, rest.slice(1), SERVICE);
    return { mailbox: found.mailbox, rest: rest.slice(1) };
  }

  #mailboxOf(operation: Operation, context: string): Mailbox {
    if (context === this.#lastText) return this.#lastMailbox;
    const mailbox = this.#remembered.get(context) ?? this.#readMailbox(operation, context);
    this.#lastText = context;
    this.#lastMailbox = mailbox;
    return mailbox;
  }

  #readMailbox(operation: Operation, context: string): Mailbox {
    const found = readContext(context);
    if (found === undefined || found.length !== context.length) {
      throw new OperationError(
        `Cannot send a ${operation.method} operation as its context must be me or users('…'): current value is ${
          lengthOf("a context", context)
        }`,
        { operation },
      );
    }
    if (this.#remembered.size === MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(context, found.mailbox);
    return found.mailbox;
  }
}

function refused(operation: Operation, rule: string): OperationError {
  return refusedUrl(operation, SERVICE, rule);
}
