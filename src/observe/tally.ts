/** Which operations are somewhere, and how many: one that was submitted twice may be there twice. */
export class Tally {
  readonly #counts = new Map<number, number>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(operation: number): void {
    this.#counts.set(operation, (this.#counts.get(operation) ?? 0) + 1);
    this.#size++;
  }

  /** @returns whether it was there */
  remove(operation: number): boolean {
    const count = this.#counts.get(operation);
    if (count === undefined) return false;
    if (count === 1) this.#counts.delete(operation);
    else this.#counts.set(operation, count - 1);
    this.#size--;
    return true;
  }
}
