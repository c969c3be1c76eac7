import type { Entry } from "../entry.ts";

const NONE: readonly Entry[] = /* @__PURE__ */ Object.freeze([]);

/** Who shares a place of one POST with the entry that stands there. */
export class Riders {
  #riders: Map<Entry, readonly Entry[]> | undefined = undefined;

  /** These ride on its place. */
  take(entry: Entry, riders: readonly Entry[]): void {
    if (riders.length === 0) return;
    this.#riders ??= new Map();
    this.#riders.set(entry, riders);
  }

  of(entry: Entry): readonly Entry[] {
    return this.#riders?.get(entry) ?? NONE;
  }

  /** All who are aboard on these places. */
  all(places: readonly Entry[]): readonly Entry[] {
    if (this.#riders === undefined) return places;
    return places.flatMap((entry) => [entry, ...this.of(entry)]);
  }

  /** The places that somebody still waits for: when the entry there has left, a rider takes its place. */
  places(places: readonly Entry[], isAwaited: (entry: Entry) => boolean): readonly Entry[] {
    if (this.#riders === undefined) return places.filter(isAwaited);
    return places.flatMap((entry) => {
      const [first, ...rest] = this.all([entry]).filter(isAwaited);
      if (first === undefined) return [];
      this.#riders!.delete(entry);
      this.take(first, rest);
      return [first];
    });
  }
}
