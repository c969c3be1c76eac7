import type { AnyOperation, ResultOf } from "@rxbatch/rxbatch";
import type { FakeService, LedgerEntry } from "@rxbatch/rxbatch/testing";
import process from "node:process";
import type { Chain } from "./mail_job.ts";
import type { Run } from "./run.ts";

/** What the server's own book says against ours; all of them must be 0. */
export interface Proof {
  /** Operations without exactly one result, or with one that the server does not bear out. */
  readonly lost: number;
  /** Operations that change something and that the server carried out more than once. */
  readonly doubled: number;
  /** Chains whose members the server carried out in another order. */
  readonly outOfOrder: number;
}

/** Holds every result against the server's ledger. */
export function prove(run: Run, chains: readonly Chain[], { ledger }: FakeService): Proof {
  const keys = run.results.map(({ operation }) => keyOf(operation));
  const isBorneOut = (result: ResultOf<AnyOperation>, at: number) => {
    const received = ledger.of(keys[at]!);
    if (result.ok) return received.some(({ carriedOut }) => carriedOut);
    if (result.error._tag !== "ResponseError") return received.length === 0;
    return received.at(-1)?.status === result.error.status;
  };
  const unsafe = keys.filter((_, at) => run.results[at]!.operation.method !== "GET");
  return {
    lost: run.submitted - new Set(keys).size +
      run.results.filter((result, at) => !isBorneOut(result, at)).length,
    doubled: run.results.length - new Set(keys).size +
      unsafe.filter((key) => ledger.carriedOut(key) > 1).length,
    outOfOrder: chains.filter(({ keys }) => !isInOrder(ledger.entries, keys)).length,
  };
}

/** What an operation is called in the server's book; of a derived one its label says so. */
function keyOf(operation: AnyOperation): string {
  return operation.method === undefined
    ? operation.label!
    : operation.headers["client-request-id"]!;
}

function isInOrder(entries: readonly LedgerEntry[], keys: readonly string[]): boolean {
  const done = entries.filter(({ key, carriedOut }) => carriedOut && keys.includes(key))
    .map(({ key }) => keys.indexOf(key));
  return done.every((place, at) => place === at);
}

/** Says it on one line; the process fails with it. */
export function tell({ lost, doubled, outOfOrder }: Proof): void {
  const isTrue = lost === 0 && doubled === 0 && outOfOrder === 0;
  console.log(
    `proof, from the server's own count: ${lost} lost, ${doubled} doubled, ${outOfOrder} out of order: ${
      isTrue ? "nothing was lost, doubled or out of order" : "FALSE"
    }`,
  );
  if (!isTrue) process.exitCode = 1;
}
