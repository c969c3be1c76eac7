import type { HeaderRecord } from "./http/http.ts";

/** One operation as it came in, and what became of it. */
export interface LedgerEntry {
  /** The batch that it came in, from 1; 0 for a request outside any batch. */
  readonly post: number;
  /** Its place in that batch, from 0. */
  readonly index: number;
  /** Its `client-request-id` header where it has one, else its method and path. */
  readonly key: string;
  /** The HTTP method. */
  readonly method: string;
  /** Path and query, whatever form the URL came in. */
  readonly path: string;
  /** The address of the mailbox. */
  readonly mailbox: string;
  /** Names in lower case, those inherited from the batch included. */
  readonly headers: HeaderRecord;
  /** The body read as UTF-8. */
  readonly bodyText: string | undefined;
  /** The status that its answer has, once there is one. */
  readonly status: number | undefined;
  /** Did it reach the mailbox? A refusal by the mailbox (404, for example) counts as carried out. */
  readonly carriedOut: boolean;
  /** Did the last byte of its answer go out? */
  readonly answered: boolean;
}

/** One POST to `$batch`. */
export interface LedgerBatch {
  /** From 1, in the order of arrival. */
  readonly post: number;
  /** The address of the mailbox; `undefined` when the batch was refused before it was known. */
  readonly mailbox: string | undefined;
  /** Path and query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: HeaderRecord;
  /** How many operations came in; 0 when they could not be read. */
  readonly size: number;
  /** The status of the POST itself; `undefined` as long as there is none, or when the connection broke before. */
  readonly status: number | undefined;
  /** The names of the faults that struck it, or one of its operations. */
  readonly faults: readonly string[];
  /** Did the client leave before the last byte had gone out? */
  readonly aborted: boolean;
}

/** What a fake server was asked, and what it did. */
export interface Ledger {
  /** Every operation, in the order received. */
  readonly entries: readonly LedgerEntry[];
  /** Every POST to `$batch`, in the order of arrival. */
  readonly batches: readonly LedgerBatch[];
  /** Every key seen, in the order of arrival. */
  keys(): string[];
  /** What came in under this key. */
  of(key: string): readonly LedgerEntry[];
  /** How often it was received; without a key: how many operations in all. */
  received(key?: string): number;
  /** How often it was carried out; without a key: how many operations in all. */
  carriedOut(key?: string): number;
  /** How often it was answered; without a key: how many operations in all. */
  answered(key?: string): number;
  /** Forgets everything, for long runs; batches go on counting. */
  clear(): void;
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** An entry as the server writes it. */
export type OpenEntry = Writable<LedgerEntry>;

/** A batch as the server writes it. */
export type OpenBatch = Omit<Writable<LedgerBatch>, "faults"> & { faults: string[] };

/** The ledger with its pen. */
export class WritableLedger implements Ledger {
  readonly entries: LedgerEntry[] = [];
  readonly batches: LedgerBatch[] = [];
  readonly #byKey = new Map<string, LedgerEntry[]>();

  enter(entry: OpenEntry): void {
    this.entries.push(entry);
    const known = this.#byKey.get(entry.key);
    if (known === undefined) this.#byKey.set(entry.key, [entry]);
    else known.push(entry);
  }

  enterBatch(batch: OpenBatch): void {
    this.batches.push(batch);
  }

  keys(): string[] {
    return [...this.#byKey.keys()];
  }

  of(key: string): readonly LedgerEntry[] {
    return this.#byKey.get(key) ?? [];
  }

  received(key?: string): number {
    return this.#select(key).length;
  }

  carriedOut(key?: string): number {
    return this.#select(key).filter((entry) => entry.carriedOut).length;
  }

  answered(key?: string): number {
    return this.#select(key).filter((entry) => entry.answered).length;
  }

  clear(): void {
    this.entries.length = 0;
    this.batches.length = 0;
    this.#byKey.clear();
  }

  #select(key: string | undefined): readonly LedgerEntry[] {
    return key === undefined ? this.entries : this.of(key);
  }
}
