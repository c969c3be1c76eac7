/** What one batch has taken of a lane, and since when that counts. */
export interface Booking {
  readonly batch: object;
  count: number;
  /** Infinity while it is not sent. */
  sentAtMs: number;
}
