/**
 * What sends a request in undici: an `Agent`, `Pool`, `ProxyAgent`, `MockAgent` or another, of undici 7 or 8.
 *
 * It names none of undici's types, so that the version which a program has need not be the one of this package.
 */
export interface UndiciDispatcher {
  /**
   * Sends a request and tells the handler what comes back.
   *
   * @param options where to, and what
   * @param handler hears of the answer, by undici's `DispatchHandler`
   * @returns whether more can be sent at once
   */
  dispatch(options: object, handler: object): boolean;
}
