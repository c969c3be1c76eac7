/** The atomicity groups of a batch in JSON, as they are read. */
export class Groups {
  readonly #places = new Map<string, number[]>();
  #last: string | undefined;
  #lastPlace = -1;

  /** @returns whether a request may stand there: next to the others of its group */
  join(group: string, place: number): boolean {
    const isNext = this.#last === group && this.#lastPlace === place - 1;
    this.#last = group;
    this.#lastPlace = place;
    const known = this.#places.get(group);
    if (known === undefined) this.#places.set(group, [place]);
    else known.push(place);
    return known === undefined || isNext;
  }

  /** The places of its members so far. */
  placesOf(group: string): readonly number[] | undefined {
    return this.#places.get(group);
  }
}
