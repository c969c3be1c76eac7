/** What is to be fetched: `index` alone where there is one mailbox. */
export interface Request {
  readonly url: string;
  readonly context: string | undefined;
}

/** Gets all of it, and says how many answers it has parsed. */
export type Client = (requests: readonly Request[]) => Promise<number>;

/** POSTs in flight, for everybody; of single requests as many. */
export const IN_FLIGHT = 4;

/** One message as every client sees it. */
export interface Message {
  readonly Subject: string;
}
