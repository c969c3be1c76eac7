import type { ResponseHead } from "../../../transport/transport.ts";
import { type Entry, pastOf } from "../../entry.ts";
import type { HeaderSets } from "../../send/credentials/header_sets.ts";
import type { Batch } from "../../send/batch.ts";
import type { Tokens } from "../../send/credentials/token.ts";
import type { Attempt } from "../again/retry.ts";

/** Whom an answer refused. */
interface Renewing {
  readonly batch: Batch;
  readonly entry: Entry;
  readonly head: ResponseHead;
  /** With its whole batch, not by a part of its own. */
  readonly isWhole: boolean;
}

/** What an answer wants that nothing ran for: fresh headers, or with 401 a fresh token. Each goes again once for each. */
export class Renewal {
  readonly #tokens: Tokens;
  readonly #headers: HeaderSets | undefined;

  constructor(stages: { tokens: Tokens; headers: HeaderSets | undefined }) {
    this.#tokens = stages.tokens;
    this.#headers = stages.headers;
  }

  wants(head: ResponseHead): "headers" | "token" | undefined {
    if (this.#headers?.areRefusedBy(head) === true) return "headers";
    return head.status === 401 ? "token" : undefined;
  }

  /** The attempt that it was: none, when it may go again; `undefined` when it may not. */
  attempt(
    what: "headers" | "token",
    { batch, entry, head, isWhole }: Renewing,
    attempt: Attempt,
  ): Attempt | undefined {
    const lane = batch.laneOf(entry);
    const past = pastOf(entry);
    if (what === "token") {
      // A part's second 401 is about what it asks for: others may well go with that token.
      if (past.hasRefreshed && !isWhole) return undefined;
      const mayRefresh = this.#tokens.refuse(lane, batch.token, head.headers);
      if (past.hasRefreshed || !mayRefresh) return undefined;
      past.hasRefreshed = true;
      return { ...attempt, isFree: true };
    }
    // What was sent had its headers.
    this.#headers!.refuse(lane, batch.headerSet!);
    if (past.hasNewHeaders) return undefined;
    past.hasNewHeaders = true;
    batch.isRenewed = true;
    return { ...attempt, outcome: "not executed", isFree: true };
  }
}
