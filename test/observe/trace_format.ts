import type { TraceEvent } from "../../mod.ts";

/**
 * What a trace breaks of the Trace Event Format: each event has its fields, slices of one track lie in one another or apart,
 * every track has a name, and every arrow one beginning and one end, each within a slice, and forwards.
 */
export function faultsOf(trace: readonly TraceEvent[]): string[] {
  const slices = trace.filter(({ ph }) => ph === "X");
  return [
    ...trace.flatMap(fieldFaults),
    ...slices.flatMap((slice, at) =>
      slices.slice(at + 1).filter((other) => overlaps(slice, other))
        .map((other) => `${slice.name} overlaps ${other.name}`)
    ),
    ...[...new Set(trace.map(({ tid }) => tid))]
      .filter((tid) => trace.filter((event) => event.ph === "M" && event.tid === tid).length !== 1)
      .map((tid) => `track ${tid} has not one name`),
    ...arrowFaults(trace, slices),
  ];
}

function fieldFaults(event: TraceEvent): string[] {
  const { name, ph, ts, dur, pid, tid } = event;
  const isWhole = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  const faults: string[] = [];
  if (typeof name !== "string" || name === "") faults.push("no name");
  if (!isWhole(ts) || !isWhole(pid) || !isWhole(tid)) faults.push(`${name}: no time or no track`);
  if ((ph === "X") !== (dur !== undefined && isWhole(dur))) faults.push(`${name}: its duration`);
  if (ph === "M" && typeof event.args?.["name"] !== "string") faults.push("a track without name");
  if ("sf".includes(ph) !== (event.id !== undefined)) faults.push(`${name}: its id`);
  if (JSON.stringify(JSON.parse(JSON.stringify(event))) !== JSON.stringify(event)) {
    faults.push(`${name}: not JSON`);
  }
  return faults;
}

function overlaps(one: TraceEvent, other: TraceEvent): boolean {
  if (one.tid !== other.tid || one.pid !== other.pid) return false;
  const [first, second] = one.ts <= other.ts ? [one, other] : [other, one];
  const [firstEnd, secondEnd] = [first.ts + first.dur!, second.ts + second.dur!];
  return second.ts < firstEnd && secondEnd > firstEnd;
}

function arrowFaults(trace: readonly TraceEvent[], slices: readonly TraceEvent[]): string[] {
  const isWithin = (end: TraceEvent) =>
    slices.some(({ tid, ts, dur }) => tid === end.tid && ts <= end.ts && end.ts < ts + dur!);
  const faults: string[] = [];
  for (const id of new Set(trace.flatMap((event) => event.id ?? []))) {
    const begins = trace.filter((event) => event.id === id && event.ph === "s");
    const ends = trace.filter((event) => event.id === id && event.ph === "f");
    if (begins.length !== 1 || ends.length !== 1) faults.push(`arrow ${id} has not two ends`);
    else if (begins[0]!.ts > ends[0]!.ts) faults.push(`arrow ${id} goes backwards`);
    else if (!isWithin(begins[0]!) || !isWithin(ends[0]!)) faults.push(`arrow ${id} hangs loose`);
    else if (begins[0]!.cat !== ends[0]!.cat || ends[0]!.bp !== "e") faults.push(`arrow ${id}`);
  }
  return faults;
}
