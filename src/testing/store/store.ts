import { Random } from "../random.ts";

/** The properties of a message, an event, a contact, …, as the dialect spells them. */
export type Item = Readonly<Record<string, unknown>>;

/** An item in its place. */
export interface StoredItem {
  readonly id: string;
  /** Changes with every change of the item: what an ETag is made of. */
  readonly version: string;
  readonly properties: Item;
}

/** Something that happened to an item. */
export interface Change {
  /** Larger for a later one. */
  readonly number: number;
  /** As it is now, or as it was before it went. */
  readonly item: StoredItem;
  readonly isRemoved: boolean;
}

const ID_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Items in the order in which they came. */
export class Collection {
  readonly #items = new Map<string, StoredItem>();
  /** The last of each item, in the order in which they happened. */
  readonly #changes = new Map<string, Change>();
  #changeCount = 0;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  get size(): number {
    return this.#items.size;
  }

  list(): StoredItem[] {
    return [...this.#items.values()];
  }

  get(id: string): StoredItem | undefined {
    return this.#items.get(id);
  }

  add(properties: Item): StoredItem {
    return this.#put(`AAMk${this.#random.text(20, ID_CHARACTERS)}AAA=`, properties);
  }

  /** `undefined`: there is no such item. */
  update(id: string, changes: Item): StoredItem | undefined {
    const item = this.#items.get(id);
    return item === undefined ? undefined : this.#put(id, { ...item.properties, ...changes });
  }

  remove(id: string): boolean {
    const item = this.#items.get(id);
    if (item !== undefined) this.#note(item, true);
    return this.#items.delete(id);
  }

  /** The last change of each item that has changed after that one. */
  changesSince(number: number): Change[] {
    return [...this.#changes.values()].filter((change) => change.number > number);
  }

  #note(item: StoredItem, isRemoved: boolean): void {
    this.#changes.delete(item.id);
    this.#changes.set(item.id, { number: ++this.#changeCount, item, isRemoved });
  }

  #put(id: string, properties: Item): StoredItem {
    const version = `CQAAA${this.#random.text(12, ID_CHARACTERS)}`;
    const item: StoredItem = { id, version, properties: Object.freeze({ ...properties }) };
    this.#items.set(id, item);
    this.#note(item, false);
    return item;
  }
}

/** What one person has. */
export class Mailbox {
  readonly address: string;
  /** What the directory calls the person. */
  readonly id: string;
  readonly #collections = new Map<string, Collection>();
  readonly #random: Random;

  constructor(address: string, seed: number) {
    this.address = address;
    this.#random = new Random(seed, `mailbox ${address.toLowerCase()}`);
    this.id = this.#random.guid();
  }

  /** Named by its path: `messages`, or `messages/<id>/attachments`. */
  collection(path: string): Collection {
    let collection = this.#collections.get(path);
    if (collection === undefined) {
      collection = new Collection(this.#random);
      this.#collections.set(path, collection);
    }
    return collection;
  }

  /** What hangs on an item goes with it. */
  moveBelow(from: string, to: string): void {
    for (const [name, collection] of [...this.#collections]) {
      if (!name.startsWith(`${from}/`)) continue;
      this.#collections.delete(name);
      this.#collections.set(to + name.slice(from.length), collection);
    }
  }

  /** Takes away what hangs on an item that is gone. */
  removeBelow(path: string): void {
    for (const name of this.#collections.keys()) {
      if (name.startsWith(`${path}/`)) this.#collections.delete(name);
    }
  }
}

/** All mailboxes of a fake service. */
export class Store {
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #byId = new Map<string, Mailbox>();

  add(mailbox: Mailbox): void {
    this.#mailboxes.set(mailbox.address.toLowerCase(), mailbox);
    this.#byId.set(mailbox.id, mailbox);
  }

  /** By address, whatever its letter case, or by id. */
  find(user: string): Mailbox | undefined {
    return this.#mailboxes.get(user.toLowerCase()) ?? this.#byId.get(user.toLowerCase());
  }

  addresses(): string[] {
    return [...this.#mailboxes.values()].map((mailbox) => mailbox.address);
  }

  clear(): void {
    this.#mailboxes.clear();
    this.#byId.clear();
  }
}
