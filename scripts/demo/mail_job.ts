import { get, type Operation, patch, post } from "@rxbatch/rxbatch";
import { type DemoDialect, outlookDialect, spelled } from "./dialect.ts";

/** One operation of the job, and what its answer leads to. */
export interface Step {
  readonly operation: Operation;
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
  /** May a chain be handed over whole? Only a batcher that keeps the order takes `dependsOn`. */
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
    const drafts = Array.from({ length: this.#drafts }, (_, number) => this.#draft(number));
    return [...pages, ...missing, ...drafts];
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

  #draft(number: number): Step {
    const address = this.#mailboxes[number % this.#mailboxes.length]!;
    const keys = [`draft-${number}`, `attach-${number}`, `send-${number}`] as const;
    this.chains.push({ keys });
    const draft = post(
      "messages",
      this.#spelled({
        Subject: `Draft ${number}`,
        Body: { ContentType: "Text", Content: "See the attachment." },
        ToRecipients: [{ EmailAddress: { Address: this.#mailboxes[0]! } }],
      }),
      to(address, keys[0]),
    );
    return { operation: draft, then: (body) => this.#finish(address, body, keys, number) };
  }

  /** Every tenth attachment goes to a message that does not exist: then the draft must not be sent. */
  #finish(address: string, body: unknown, keys: Chain["keys"], number: number): Step[] {
    const id = this.#idOf(body as Item);
    const attachment = post(
      `messages/${number % 10 === 9 ? "no-such-message" : id}/attachments`,
      this.#spelled({
        "@odata.type": `#${this.#dialect.namespace}${this.#dialect.property("FileAttachment")}`,
        Name: "menu.txt",
        ContentBytes: "U291cA==",
      }),
      to(address, keys[1]),
    );
    const dependsOn = this.#inOneGo ? [attachment] : [];
    const send = {
      operation: post(`messages/${id}/send`, undefined, { ...to(address, keys[2]), dependsOn }),
    };
    return this.#inOneGo
      ? [{ operation: attachment }, send]
      : [{ operation: attachment, then: () => [send] }];
  }

  #spelled(body: object): object {
    return spelled(body, this.#dialect) as object;
  }

  #idOf(item: Item): string {
    return item[this.#dialect.property("Id")]!;
  }
}

function to(address: string, key: string): { context: string; headers: Record<string, string> } {
  return { context: `users('${address}')`, headers: { "client-request-id": key } };
}
