import { asyncScheduler, type SchedulerLike } from "rxjs";

/** Milliseconds since this was made; a clock that is set back stands still here. */
export function elapsedMs(scheduler: SchedulerLike = asyncScheduler): () => number {
  const originMs = scheduler.now();
  let latestMs = 0;
  return () => latestMs = Math.max(latestMs, scheduler.now() - originMs);
}
