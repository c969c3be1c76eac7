/** Slices of one track must not overlap, so a lane has as many tracks as it had slices at once. */
export class Tracks {
  /** Per lane, in the order in which they were needed. */
  readonly #tracks = new Map<number, number[]>();
  /** When each is free again; by its number. */
  readonly #freeFromUs = new Map<number, number>();
  readonly #name: (track: number, name: string) => void;

  /** `name` is told of each new track. */
  constructor(name: (track: number, name: string) => void) {
    this.#name = name;
  }

  /** A track of the lane that is free at this time; it is taken until `free` says when that ends. */
  take(lane: number, atUs: number): number {
    let tracks = this.#tracks.get(lane);
    if (tracks === undefined) this.#tracks.set(lane, tracks = []);
    let track = tracks.find((one) => this.#freeFromUs.get(one)! <= atUs);
    if (track === undefined) {
      track = this.#freeFromUs.size + 1;
      tracks.push(track);
      this.#name(track, tracks.length === 1 ? `lane ${lane}` : `lane ${lane} (${tracks.length})`);
    }
    this.#freeFromUs.set(track, Infinity);
    return track;
  }

  free(track: number, fromUs: number): void {
    this.#freeFromUs.set(track, fromUs);
  }
}
