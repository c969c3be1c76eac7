/** What one batch of a lane may hold, and how many wait there. */
export interface Limits {
  readonly live: number;
  readonly maxSize: number;
  readonly maxBytes: number;
}

/** The lanes that may fill each other's batches: what waits in all of them, and who has a slot and waits for a token. */
export class Mix<L extends Limits> {
  #size = 0;
  #bytes = 0;
  /** How many lanes are in use. */
  laneCount = 0;
  readonly #unsealed: L[] = [];
  /** Who takes no slot, and how many batches may still pass it over. */
  readonly #carried = new Map<L, number>();

  /** The lanes whose next batch waits for its token. */
  get unsealed(): readonly L[] {
    return this.#unsealed;
  }

  /** So many operations more wait, or fewer, and the octets that they add to a body. */
  grow(size: number, bytes: number): void {
    this.#size += size;
    this.#bytes += bytes;
  }

  /** The batches that wait for their token have room for all that waits, and not all of them have passed this lane over. */
  mayCarry(lane: L): boolean {
    if (this.#unsealed.length === 0 || this.#carried.get(lane) === 0) return false;
    let size = this.#size;
    let bytes = this.#bytes;
    for (const { maxSize, maxBytes } of this.#unsealed) {
      size -= maxSize;
      bytes -= maxBytes;
    }
    return size <= 0 && bytes <= 0;
  }

  /** A lane has got a slot. */
  reserve(lane: L): void {
    this.#unsealed.push(lane);
    this.#carried.delete(lane);
  }

  /** This lane takes no slot, as another one's batch will carry what waits in it. */
  carry(lane: L): void {
    if (!this.#carried.has(lane)) this.#carried.set(lane, this.#unsealed.length);
  }

  /** That batch is taken. @returns the lanes that took no slot, and of which something is left */
  sealed(lane: L): readonly L[] {
    this.#unsealed.splice(this.#unsealed.indexOf(lane), 1);
    for (const [carried, left] of this.#carried) {
      if (carried.live === 0) this.#carried.delete(carried);
      else this.#carried.set(carried, Math.max(0, left - 1));
    }
    return [...this.#carried.keys()];
  }

  /** This lane is in use no more. */
  forget(lane: L): void {
    this.#carried.delete(lane);
    this.laneCount--;
  }
}

/** A lane that may be in a mix. */
interface Member<L extends Limits> {
  readonly mix: Mix<L> | undefined;
  readonly account: string | undefined;
  readonly context: { readonly mix?: string | undefined };
}

/** The mixes in use, by account and by what the wire calls them. */
export class Mixes<L extends Limits> {
  readonly #mixes = new Map<string | undefined, Map<string, Mix<L>>>();

  /** That of a lane that is opened, if it mixes at all. */
  join(name: string | undefined, account: string | undefined): Mix<L> | undefined {
    if (name === undefined) return undefined;
    let mixes = this.#mixes.get(account);
    if (mixes === undefined) this.#mixes.set(account, mixes = new Map());
    let mix = mixes.get(name);
    if (mix === undefined) mixes.set(name, mix = new Mix());
    mix.laneCount++;
    return mix;
  }

  /** A lane is forgotten, and with the last one its mix. */
  leave(lane: L & Member<L>): void {
    const { mix, account, context } = lane;
    if (mix === undefined) return;
    mix.forget(lane);
    if (mix.laneCount > 0) return;
    const mixes = this.#mixes.get(account)!;
    mixes.delete(context.mix!);
    if (mixes.size === 0) this.#mixes.delete(account);
  }
}
