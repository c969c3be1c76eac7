/** Half of a batch that was refused as a whole, or half of such a half. */
export interface Company {
  /** How often it was halved. */
  readonly depth: number;
  readonly split: unknown;
}

/** What became of the attempts of an entry that was not answered at once. */
export class Past {
  /** Attempts that count against `maxRetries`. */
  retries = 0;
  /** One has ended so that nobody can know whether it ran. */
  mayHaveRun = false;
  /** With whom it goes, and with nobody else, since their batch was refused as a whole. */
  company: Company | undefined = undefined;
  /** Its batch may still be cut in halves. */
  mayHalve = true;
  /** The one error that stood for its whole batch, and how often it came. */
  barredBy: { readonly text: string; readonly times: number } | undefined = undefined;
  /** A 424 although all that it depends on was answered: once is enough. */
  hasGoneAlone = false;
  /** Its part has come and says that it did not run, as what it depends on failed. */
  isUnrun = false;
  /** A 401 has asked for a fresh token on its behalf: once is enough. */
  hasRefreshed = false;
  /** An answer has asked for fresh headers on its behalf: once is enough. */
  hasNewHeaders = false;
}
