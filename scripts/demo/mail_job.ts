import { after, type AnyOperation, get, type Operation, patch, post } from "@rxbatch/rxbatch";
import { type DemoDialect, outlookDialect, spelled } from "./dialect.ts";

/** One operation of the job, and what its answer leads to. */
export interface Step {
  readonly operation: AnyOperation;
  readonly then?: ((body: unknown) => readonly Step[]) | undefined;
}

/** Three operations that must run one after another. */
export interface Chain {
  readonly keys: readonly [draft: string, attachment: string, send: string];
}

type Item = Readonly<Record<string, string>>;

interface Page {
  readonly value: readonly Item[];
  readonly "@odata.nextLink"?: string;
}

const PAGE_SIZE = 50;

/**
 * A day's work in some mailboxes: read every message, file and flag it, write drafts and send them. Each operation names
 * itself in `client-request-id`, so that the server's book can be held against ours.
 */
export class MailJob {
  readonly chains: Chain[] = [];
  readonly #mailboxes: readonly string[];
  readonly #drafts: number;
  /** May a chain be handed over whole? Only a batcher takes what is made from answers. */
  readonly #inOneGo: boolean;
  readonly #dialect: DemoDialect;

  constructor(
    mailboxes: readonly string[],
    drafts: number,
    options: { inOneGo: boolean; dialect?: DemoDialect },
  ) {
    this.#dialect = options.dialect ?? outlookDialect;
    this.#mailboxes = mailboxes;
    this.#drafts = drafts;
    this.#inOneGo = options.inOneGo;
  }

  /** What the job begins with. */
  start(): Step[] {
    const pages = this.#mailboxes.map((address) =>
      this.#page(address, `messages?$top=${PAGE_SIZE}&$select=${this.#dialect.property("Id")}`, 1)
    );
    const missing = this.#mailboxes.map((address) => ({
      operation: get("messages/no-such-message", to(address, `missing-${address}`)),
    }));
    const chains = Array.from({ length: this.#drafts }, (_, number) => this.#chain(number));
    return [...pages, ...missing, ...chains.flat()];
  }

  #page(address: string, url: string, number: number): Step {
    return {
      operation: get<Page>(url, to(address, `page-${number}-${address}`)),
      then: (body) => {
        const { value, "@odata.nextLink": nextLink } = body as Page;
        const messages = value.map((item) => this.#message(address, this.#idOf(item)));
        return nextLink === undefined
          ? messages
          : [...messages, this.#page(address, nextLink, number + 1)];
      },
    };
  }

  #message(address: string, id: string): Step {
    return {
      operation: get(`messages/${id}`, to(address, `read-${id}`)),
      then: () => [{
        operation: patch(
          `messages/${id}`,
          this.#spelled({ IsRead: true, Categories: ["Filed"], Flag: { FlagStatus: "Flagged" } }),
          to(address, `file-${id}`),
        ),
      }],
    };
  }

  /** Write a draft, attach a file to it, and send it once it has that. */
  #chain(number: number): Step[] {
    const address = this.#mailboxes[number % this.#mailboxes.length]!;
    const keys = [`draft-${number}`, `attach-${number}`, `send-${number}`] as const;
    this.chains.push({ keys });
    const draft = this.#draft(to(address, keys[0]), number);
    const attach = (item: Item) => this.#attach(to(address, keys[1]), this.#idOf(item), number);
    const send = (item: Item) =>
      post(`messages/${this.#idOf(item)}/send`, undefined, to(address, keys[2]));
    if (!this.#inOneGo) return [fed(draft, attach, send)];
    const attached = after(draft, ({ body }) => attach(body), { label: keys[1] });
    const sent = after([draft, attached], ([{ body }]) => send(body), { label: keys[2] });
    return [draft, attached, sent].map((operation) => ({ operation }));
  }

  #draft(init: Init, number: number): Operation<Item> {
    return post<Item>(
      "messages",
      this.#spelled({
        Subject: `Draft ${number}`,
        Body: { ContentType: "Text", Content: "See the attachment." },
        ToRecipients: [{ EmailAddress: { Address: this.#mailboxes[0]! } }],
      }),
      init,
    );
  }

  /** Every tenth goes to a message that does not exist: then the draft must not be sent. */
  #attach(init: Init, id: string, number: number): Operation {
    return post(
      `messages/${number % 10 === 9 ? "no-such-message" : id}/attachments`,
      this.#spelled({
        "@odata.type": `#${this.#dialect.namespace}${this.#dialect.property("FileAttachment")}`,
        Name: "menu.txt",
        ContentBytes: "U291cA==",
      }),
      init,
    );
  }

  #spelled(body: object): object {
    return spelled(body, this.#dialect) as object;
  }

  #idOf(item: Item): string {
    return item[this.#dialect.property("Id")]!;
  }
}

interface Init {
  readonly context: string;
  readonly headers: Readonly<Record<string, string>>;
}

function to(address: string, key: string): Init {
  return { context: `users('${address}')`, headers: { "client-request-id": key } };
}

/** The same chain, each answer fed back by hand. */
function fed(
  draft: Operation<Item>,
  attach: (item: Item) => Operation,
  send: (item: Item) => Operation,
): Step {
  return {
    operation: draft,
    then: (body) => [{
      operation: attach(body as Item),
      then: () => [{ operation: send(body as Item) }],
    }],
  };
}
