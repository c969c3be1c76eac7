import {
  type AnyOperation,
  type Batcher,
  type BatchError,
  createGraphBatcher,
  get,
  ResponseError,
  toPromise,
  uri,
} from "@rxbatch/rxbatch";
import { Recorder, type SmokeService } from "./recorder.ts";
import type { Exchange } from "./seen.ts";

/** What came of all probes. */
export interface Findings {
  readonly exchanges: readonly Exchange[];
  /** By probe: what `send()` told of each operation, a status or the `_tag` of an error. */
  readonly told: Readonly<Record<string, readonly (number | string)[]>>;
}

const BATCH_SIZE = 20;

/**
 * Reads alone, and the same in each form of a batch; nothing is written, and nothing goes again.
 *
 * @param service which, and as whom
 * @param mailbox `me`, or `users/…` for a token that is nobody's own
 * @returns what came of it
 */
export async function probe(service: SmokeService, mailbox: string): Promise<Findings> {
  const self = `${mailbox}?$select=id`;
  const reads = [
    self,
    `${mailbox}/messages?$top=1&$select=id`,
    `${mailbox}/mailFolders?$top=1`,
    `${mailbox}/events?$top=1&$select=id`,
  ];
  const recorder = new Recorder(service);
  const told: Record<string, readonly (number | string)[]> = {};
  const { baseUrl, token } = service;
  await using batcher = createGraphBatcher({
    baseUrl,
    token,
    transport: recorder.transport,
    retry: false,
  });
  const send = async (name: string, operations: readonly AnyOperation[]): Promise<void> => {
    recorder.probe = name;
    told[name] = await Promise.all(operations.map((one) => outcomeOf(batcher, one)));
  };

  recorder.probe = "alone";
  for (const path of reads) await recorder.alone(path);
  await send("side by side", reads.map((path) => get(path)));
  await send("chain", chainOf(reads));
  await send("failed parent", chainOf([`${mailbox}/messages/none`, self]));
  await send("no JSON", [get(`${mailbox}/messages/$count`), get(`${mailbox}/photo/$value`)]);
  await send("full", Array.from({ length: BATCH_SIZE }, () => get(self)));
  recorder.probe = "too many";
  await recorder.raw(Array.from({ length: BATCH_SIZE + 1 }, () => self), {});
  recorder.probe = "partly ordered";
  await recorder.raw(reads.slice(0, 3), { 2: 0 });
  recorder.probe = "who is it";
  const id = await idOf(batcher, self);
  if (id !== undefined) {
    await send("two names", [get(self), get(uri`users/${id}/messages?$top=1&$select=id`)]);
  }
  return { exchanges: recorder.exchanges, told };
}

/** Each after the one before it. */
function chainOf(paths: readonly string[]): AnyOperation[] {
  const chain: AnyOperation[] = [];
  for (const path of paths) chain.push(get(path, { dependsOn: chain.slice(-1) }));
  return chain;
}

/** The mailbox goes by another name, too. */
async function idOf(batcher: Batcher, self: string): Promise<string | undefined> {
  const answer = await toPromise(batcher, get<{ readonly id: string }>(self)).catch(() =>
    undefined
  );
  return answer?.body.id;
}

async function outcomeOf(batcher: Batcher, operation: AnyOperation): Promise<number | string> {
  try {
    return (await toPromise(batcher, operation)).status;
  } catch (error) {
    return error instanceof ResponseError ? error.status : (error as BatchError)._tag;
  }
}
