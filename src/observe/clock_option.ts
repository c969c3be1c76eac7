import type { SchedulerLike } from "rxjs";
import { kindOf } from "../operation/check/kind.ts";
import { checkKnownNames, type KnownNames } from "../operation/check/known_names.ts";

/** What `progress` and `traceEvents` may be given. */
interface ClockOption {
  readonly scheduler?: SchedulerLike | undefined;
}

const NAMES: KnownNames<ClockOption> = { scheduler: true };

/**
 * The clock, checked where it is given: what fails where events are told is far from the slip.
 *
 * @param what whose options they are, as messages say it
 * @throws {TypeError} when there is a name that nobody reads, or a scheduler that tells no time
 */
export function clockIn(what: string, options: ClockOption): SchedulerLike | undefined {
  checkKnownNames(`options of ${what}`, options, NAMES);
  return checkedClock(options.scheduler);
}

/** @throws {TypeError} when it tells no time */
export function checkedClock(scheduler: SchedulerLike | undefined): SchedulerLike | undefined {
  if (scheduler === undefined || typeof scheduler?.now === "function") return scheduler;
  throw new TypeError(
    `Cannot use option scheduler as it must be a scheduler: current value is ${kindOf(scheduler)}`,
  );
}
