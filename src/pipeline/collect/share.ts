import type { Operation } from "../../operation/operation.ts";
import type { Entry, Sharing } from "../entry.ts";

/** Reads that wait for their first POST and are one and the same to the server (design rule 33). */
export class Share implements Sharing {
  readonly queued: Set<Entry> = new Set();
  bytes = 0;
  isShared = false;
  readonly #key: string;
  readonly #open: Map<string, Share>;
  #wait: { readonly attempts: number; readonly delayMs: number } | undefined = undefined;

  constructor(key: string, open: Map<string, Share>) {
    this.#key = key;
    this.#open = open;
  }

  add(entry: Entry): boolean {
    this.queued.add(entry);
    if (this.queued.size > 1) return false;
    this.bytes = entry.encoded!.bytes;
    return true;
  }

  remove(entry: Entry): boolean {
    this.queued.delete(entry);
    if (this.queued.size > 0) return false;
    this.close();
    return true;
  }

  close(): void {
    if (this.#open.get(this.#key) === this) this.#open.delete(this.#key);
  }

  delayMs(attempts: number, draw: () => number): number {
    if (this.#wait?.attempts !== attempts) this.#wait = { attempts, delayMs: draw() };
    return this.#wait.delayMs;
  }
}

/** Finds those that a read may share with. */
export class Shares {
  readonly #isOn: boolean;
  readonly #open = new Map<string, Share>();

  constructor(isOn: boolean) {
    this.#isOn = isOn;
  }

  /** To be called when it is about to join its lane. */
  join(entry: Entry): void {
    if (!this.#isOn || entry.share !== undefined || !isAlone(entry)) return;
    const key = keyOf(entry);
    const found = this.#open.get(key);
    if (found === undefined) {
      this.#open.set(key, entry.share = new Share(key, this.#open));
    } else {
      found.isShared = true;
      entry.share = found;
    }
  }
}

/** A plain read that was never sent and has no order. */
function isAlone({ operation, built, attempts }: Entry): boolean {
  return attempts === 0 && built?.method === "GET" && operation.dependsOn.length === 0 &&
    operation.orderingKey === undefined;
}

/** What makes two reads one: a lane may hold several contexts, as its user wants it. */
function keyOf({ account, built, context }: Entry): string {
  const { url, headers, okStatuses, retry, idempotent, read, context: own } = built as Operation;
  const fields = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  fields.sort(([a], [b]) => a! < b! ? -1 : 1);
  const lane = [account, context!.key, own];
  return JSON.stringify([lane, url, fields, okStatuses, retry, idempotent, read]);
}
