/** What of a POST matters to a 401. */
export interface Anonymity {
  /** It went without an Authorization of anybody's. */
  readonly isAnonymous: boolean;
}

/** Who went without a token is told so: a 401 alone sends people to look at the wrong end. */
export function withoutToken(status: number, post: Anonymity | undefined): string {
  return status === 401 && post?.isAnonymous === true
    ? ", and no token was sent (set option token)"
    : "";
}
