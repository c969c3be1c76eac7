import type { Pauses } from "./answer/again/pauses.ts";
import type { Settle } from "./answer/settle.ts";
import type { Edges } from "./edges.ts";
import type { PostCalls } from "./send/post_stages.ts";
import type { Seal } from "./send/seal.ts";
import type { Clock } from "./time/clock.ts";

/** Whom a POST asks and tells. */
interface Told {
  readonly clock: Clock;
  readonly seal: Seal;
  readonly pauses: Pauses;
  readonly settle: Settle;
}

/**
 * What a POST calls, which knows none of the stages behind it.
 *
 * @param stages which need not be there yet
 * @param edges on which its operations move on
 */
export function postCallsOf(stages: Told, edges: Edges): PostCalls {
  return {
    seal: (batch) => stages.seal.seal(batch),
    obey: (lanes, headers, date) => stages.pauses.obeyAll(lanes, headers, date),
    slowDown: (lane, delayMs) => stages.pauses.slowDown(lane, delayMs),
    isPaused: (entry, lane) => stages.pauses.untilMs(entry, lane) > stages.clock.now(),
    falls: (entry) => stages.settle.failIfNeedFell(entry),
    takenOut: (batch, entries) => edges.takenOut(batch, entries),
    answer: (batch, entry, part) => edges.answer(batch, entry, part),
    ended: (batch, end, unanswered) => edges.ended(batch, end, unanswered),
  };
}
