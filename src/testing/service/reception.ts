import { answerBatch } from "./batch_desk.ts";
import { entryOf, recordOf } from "./booking.ts";
import type { Clock } from "../clock.ts";
import type { Dialect, House } from "./dialect.ts";
import { drawnMs } from "../fault/answer.ts";
import type { FaultPlan } from "../fault/plan.ts";
import { type Call, Refusal, refusalAnswer, responseOf } from "../http/http.ts";
import type { OpenBatch, WritableLedger } from "../ledger.ts";
import type { ServerOptions } from "../options.ts";
import type { MailboxLoad } from "./mailbox_load.ts";
import { Random } from "../random.ts";
import type { Traffic } from "./traffic.ts";

/** How batches are received and run. */
export interface ReceptionOptions extends ServerOptions {
  readonly workMs?: number | undefined;
  readonly order?: "any" | "request" | undefined;
  readonly echoContentId?: boolean | undefined;
}

/** What a call meets on its way in. */
export interface Premises {
  readonly dialect: Dialect;
  readonly house: House;
  readonly plan: FaultPlan;
  readonly ledger: WritableLedger;
  readonly traffic: Traffic;
  readonly load: MailboxLoad;
  readonly clock: Clock;
  readonly seed: number;
  readonly options: ReceptionOptions;
}

/**
 * Books a call, lets it in or refuses it, and answers it.
 *
 * @throws {ConnectionBroken} when a fault breaks the connection before the head
 * @throws the signal's reason when the client leaves before the head
 */
export async function receive(
  call: Call,
  signal: AbortSignal,
  premises: Premises,
): Promise<Response> {
  return premises.dialect.isBatch(call)
    ? await receiveBatch(call, signal, premises)
    : await receiveSingle(call, signal, premises);
}

async function receiveSingle(
  call: Call,
  signal: AbortSignal,
  premises: Premises,
): Promise<Response> {
  const { dialect, house, ledger } = premises;
  const entry = entryOf(call, { post: 0, index: 0, mailbox: "" });
  ledger.enter(entry);
  await pause(`single ${ledger.entries.length}`, signal, premises);
  const answer = refusedOr(() => {
    entry.mailbox = dialect.admit(call, house).address;
    entry.carriedOut = true;
    return responseOf(dialect.carryOut(call, house));
  }, dialect);
  entry.status = answer.status;
  entry.answered = true;
  return answer;
}

async function receiveBatch(
  call: Call,
  signal: AbortSignal,
  premises: Premises,
): Promise<Response> {
  const record = recordOf(call, ++premises.traffic.posts);
  premises.ledger.enterBatch(record);
  const { dialect, house } = premises;
  const admitted = refusedOr(() => dialect.admit(call, house), dialect);
  const response = admitted instanceof Response
    ? admitted
    : await admittedBatch(call, signal, { premises, record, mailbox: admitted.address });
  record.status = response.status;
  return response;
}

/** A batch that was let in. */
interface Stay {
  readonly premises: Premises;
  readonly record: OpenBatch;
  readonly mailbox: string;
}

async function admittedBatch(call: Call, signal: AbortSignal, stay: Stay): Promise<Response> {
  const { premises, record, mailbox } = stay;
  record.mailbox = mailbox;
  const leaves = [premises.traffic.enter()];
  const left = new AbortController();
  left.signal.addEventListener("abort", () => record.aborted = true, { once: true });
  const abort = (): void => left.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  const end = (): void => {
    signal.removeEventListener("abort", abort);
    for (const leave of leaves) leave();
  };
  try {
    return await judgedBatch(call, stay, { left, leaves, end });
  } catch (error) {
    end();
    throw error;
  }
}

/** How a batch is left. */
interface Leaving {
  readonly left: AbortController;
  /** What is to be called then. */
  readonly leaves: (() => void)[];
  end(): void;
}

async function judgedBatch(
  call: Call,
  { premises, record, mailbox }: Stay,
  { left, leaves, end }: Leaving,
): Promise<Response> {
  const { dialect, house, plan, ledger, traffic, load, clock, seed, options } = premises;
  const batch = refusedOr(() => dialect.readBatch(call, house), dialect);
  if (batch instanceof Response) {
    end();
    return batch;
  }
  const { post } = record;
  const entries = batch.operations.map((operation, index) =>
    entryOf(operation, { post, index, mailbox: dialect.mailboxOf(operation, house, mailbox) })
  );
  leaves.push(traffic.visit(new Set(entries.map((entry) => entry.mailbox))));
  const strikes = plan.strikes(record, mailbox, entries);
  // What was never sent was never received.
  if (!record.faults.includes("refuse")) {
    record.size = entries.length;
    entries.forEach((entry) => ledger.enter(entry));
  }
  await pause(`batch ${post}`, left.signal, premises);
  const { order = "any", echoContentId = false, workMs = 0 } = options;
  const how = { clock, seed, order, echoContentId, workMs, load };
  const what = { post, batch, entries, strikes, left, end };
  return await answerBatch({ dialect, house, ...how, ...what });
}

function refusedOr<T>(attempt: () => T, { refuse = refusalAnswer }: Dialect): T | Response {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof Refusal) return responseOf(refuse(error));
    throw error;
  }
}

async function pause(
  purpose: string,
  signal: AbortSignal,
  { clock, seed, options: { latencyMs = 0 } }: Premises,
): Promise<void> {
  if (latencyMs === 0) return;
  await clock.wait(drawnMs(latencyMs, new Random(seed, `latency of ${purpose}`)), signal);
}
