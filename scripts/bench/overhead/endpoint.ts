/** What stands where the network would be: it hands back what it is given, or never answers. */
export class Endpoint {
  readonly #answers: boolean;
  /** What never comes is held, as a socket would hold it. */
  readonly #unanswered: unknown[] = [];

  constructor(answers: boolean) {
    this.#answers = answers;
  }

  answer(urls: readonly string[]): Promise<string[]> {
    if (this.#answers) return Promise.resolve(urls.slice());
    return new Promise((resolve) => this.#unanswered.push(resolve));
  }
}
