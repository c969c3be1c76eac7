import type { Runtime } from "../child.ts";
import { measureInTurns } from "../interleaved.ts";
import type { Measurement, Suite, SuiteOptions } from "../suite.ts";
import { markdownTable, shown } from "../table.ts";
import { CANDIDATES } from "./candidates.ts";

const SIZE = "1000";

/** Calls of `fetch` that share batches, without a network. */
async function measureFetchDoor(
  runtime: Runtime,
  { rounds, isQuick }: SuiteOptions,
): Promise<Measurement[]> {
  const title = "1,000 calls at once";
  return await measureInTurns({ suite: "fetch_door", runtime, title }, Object.keys(CANDIDATES), {
    script: "fetch_door/run.ts",
    rounds,
    args: (candidate) => [candidate, SIZE, isQuick ? "300" : "1500"],
  });
}

/** What each takes, and what the door adds to those on which it stands. */
function fetchDoorTable(measurements: readonly Measurement[]): string {
  const us = (candidate: string) =>
    measurements.find((one) => one.candidate === candidate)?.numbers?.["cpuUs"];
  const rows = Object.keys(CANDIDATES).map((candidate) => [candidate, shown(us(candidate))]);
  const parts = [us("rxbatch send(), bytes"), us("new Response, json()")];
  const added = (us("rxbatch batchingFetch, json()") ?? NaN) - (parts[0] ?? NaN) -
    (parts[1] ?? NaN);
  return `${markdownTable(["CPU µs a call", "1,000 at once"], rows)}\n\n` +
    `The door adds ${shown(added)} µs to send(), new Response and reading.`;
}

export const FETCH_DOOR: Suite = {
  title: "The door that is a fetch",
  measure: measureFetchDoor,
  table: fetchDoorTable,
  rated: [{ number: "cpuUs", to: "new Response, json()" }],
};
