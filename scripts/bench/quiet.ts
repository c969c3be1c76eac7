import os from "node:os";
import { setTimeout } from "node:timers/promises";

/** From this share on, other work is in every number. */
const LOUD_SHARE = 0.1;
const LOOK_MS = 1000;

/** How much of the machine others use. */
export interface Quietness {
  /** Of all cores, while this process does nothing: 0 to 1. */
  readonly busyShare: number;
  readonly isQuiet: boolean;
}

/** Looks for a second, doing nothing meanwhile. The load average would still count what ended a minute ago. */
export async function quietness(): Promise<Quietness> {
  const before = usedMs();
  await setTimeout(LOOK_MS);
  const after = usedMs();
  const busyShare = (after.busy - before.busy) / (after.all - before.all);
  return { busyShare, isQuiet: busyShare < LOUD_SHARE };
}

/** For the first lines of a report. */
export function told({ busyShare, isQuiet }: Quietness): string {
  return `other work uses ${(busyShare * 100).toFixed(0)} % of ${os.cpus().length} cores: ` +
    (isQuiet ? "quiet" : "NOT QUIET");
}

function usedMs(): { readonly busy: number; readonly all: number } {
  let [busy, all] = [0, 0];
  for (const { times } of os.cpus()) {
    const sum = Object.values(times).reduce((total, ms) => total + ms, 0);
    all += sum;
    busy += sum - times.idle;
  }
  return { busy, all };
}
