import { del, get, type Operation, patch, post } from "@rxbatch/rxbatch";
import type { FakeService } from "@rxbatch/rxbatch/testing";

/** One operation of a round, with what must be true of it afterwards. */
export interface Job {
  readonly key: string;
  readonly operation: Operation;
  /** The jobs that it depends on. */
  readonly needs: readonly Job[];
  /** When its subscriber leaves, counted from submission; `undefined`: never. */
  readonly leavesAfterMs: number | undefined;
  /** Is this body the answer to this operation, and to no other? */
  fits(body: unknown): boolean;
}

/** Whose token opens it; most belong to nobody in particular. */
const ACCOUNTS = [undefined, undefined, "a", "b"];

/** A number from 0 up to, but not including, `below`. */
export type Draw = (below: number) => number;

/** Draws one round: reads and writes, bound to each other by `dependsOn` and ordering keys, some left early. */
export function drawRound(
  outlook: FakeService,
  mailboxes: readonly string[],
  size: number,
  draw: Draw,
): Job[] {
  const idsOf = new Map(mailboxes.map((address) => [
    address,
    outlook.items(address, "messages").map((item) => item["Id"] as string),
  ]));
  const jobs: Job[] = [];
  for (let number = 0; number < size; number++) {
    const address = mailboxes[draw(mailboxes.length)]!;
    const needs = draw(4) === 0 && jobs.length > 0
      ? [jobs[Math.max(0, jobs.length - 1 - draw(30))]!]
      : [];
    const init = {
      context: `users('${address}')`,
      headers: { "client-request-id": `job-${number}` },
      dependsOn: needs.map(({ operation }) => operation),
      orderingKey: draw(5) === 0 ? `key-${draw(10)}` : undefined,
      account: ACCOUNTS[draw(ACCOUNTS.length)],
      retry: draw(10) === 0 ? false as const : undefined,
    };
    const ids = idsOf.get(address)!;
    jobs.push({
      key: `job-${number}`,
      needs,
      leavesAfterMs: draw(20) === 0 ? draw(100) : undefined,
      ...drawOperation(ids[draw(ids.length)]!, number, init, draw),
    });
  }
  return jobs;
}

function drawOperation(
  id: string,
  number: number,
  init: NonNullable<Parameters<typeof get>[1]>,
  draw: Draw,
): Pick<Job, "operation" | "fits"> {
  const name = `job ${number}`;
  switch (draw(5)) {
    case 0:
      return {
        operation: post("messages", { Subject: name }, init),
        fits: (body) => member(body, "Subject") === name,
      };
    case 1:
      return {
        operation: patch(`messages/${id}`, { Subject: name }, init),
        fits: (body) => member(body, "Subject") === name,
      };
    case 2:
      // What is gone already is as good as removed.
      return {
        operation: del(`messages/none-${number}`, { ...init, okStatuses: [404] }),
        fits: (body) => body === undefined,
      };
    default:
      return {
        operation: get(`messages/${id}?$select=Id`, init),
        fits: (body) => member(body, "Id") === id,
      };
  }
}

function member(body: unknown, name: string): unknown {
  return (body as Record<string, unknown> | undefined)?.[name];
}
