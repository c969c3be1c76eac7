import { streamOf } from "../http/answer_stream.ts";
import type { Batch, BatchOperation } from "../http/batch.ts";
import { type AnswerPart, writeJson, writeMultipart } from "../http/batch_answer.ts";
import { Channel } from "../http/channel.ts";
import type { Clock } from "../clock.ts";
import type { Dialect, House } from "./dialect.ts";
import {
  drawnSequence,
  execute,
  executeTogether,
  type Execution,
  type Outcome,
} from "./execution.ts";
import type { Fault } from "../fault/fault.ts";
import { type FaultScene, isLate, struckBy } from "../fault/answer.ts";
import { deliver } from "../fault/bytes.ts";
import { arranged } from "../fault/parts.ts";
import type { Strikes } from "../fault/plan.ts";
import { type Answer, jsonAnswer, Refusal, refusalAnswer, responseOf } from "../http/http.ts";
import type { OpenEntry } from "../ledger.ts";
import type { MailboxLoad } from "./mailbox_load.ts";
import { Random } from "../random.ts";

/** Everything that one batch needs to be carried out and answered. */
export interface BatchDesk {
  readonly dialect: Dialect;
  readonly house: House;
  readonly clock: Clock;
  readonly seed: number;
  readonly order: "any" | "request";
  readonly echoContentId: boolean;
  /** How long a mailbox works on one operation. */
  readonly workMs: number;
  readonly load: MailboxLoad;
  readonly post: number;
  readonly batch: Batch;
  /** One for each operation. */
  readonly entries: readonly OpenEntry[];
  readonly strikes: Strikes;
  /** Aborts when the client leaves, be it before the head or amid the body. */
  readonly left: AbortController;
  /** Nothing will follow; called once at least. */
  end(): void;
}

/**
 * Carries out a batch and answers it, with everything that is planned to go wrong.
 *
 * @throws {ConnectionBroken} when a fault breaks the connection before the head
 */
export async function answerBatch(desk: BatchDesk): Promise<Response> {
  const faults = desk.strikes.batch;
  const scene = sceneOf(desk, "batch");
  const early = await struckBy(faults.filter((fault) => !isLate(fault)), scene);
  if (early !== undefined) return complete(desk, early);
  const outcomes = new Channel<Outcome>();
  const done = run(desk, outcomes);
  const late = faults.filter(isLate);
  if (late.length > 0) {
    await done;
    const instead = await struckBy(late, scene);
    if (instead !== undefined) return complete(desk, instead);
  }
  return streamed(desk, outcomes, scene);
}

function sceneOf({ clock, seed, post, left }: BatchDesk, purpose: string): FaultScene {
  return { clock, random: new Random(seed, `${purpose} ${post}`), signal: left.signal };
}

function complete({ end }: BatchDesk, answer: Answer): Response {
  end();
  return responseOf(answer);
}

/** Works on its own, whether or not anybody reads the answer; never rejects. */
function run(desk: BatchDesk, outcomes: Channel<Outcome>): Promise<void> {
  const { batch: { operations, continueOnError }, strikes, order, seed, post } = desk;
  const has = (name: Fault["name"]): boolean => strikes.batch.some((fault) => fault.name === name);
  const dependencies = operations.map(({ dependsOn }) => dependsOn);
  const scene = sceneOf(desk, "parts");
  const execution: Execution = {
    sequence: order === "any" || has("shuffle")
      ? drawnSequence(dependencies, new Random(seed, `order ${post}`))
      : operations.map((_, index) => index),
    continueOnError: continueOnError && !has("stop"),
    signal: desk.left.signal,
    dependencies: (index) => dependencies[index] ?? [],
    carryOut: (index) => carryOut(desk, index, scene),
    skipped: (index) => {
      const error = { code: "FailedDependency", message: "What it depends on has failed." };
      return noted(desk, index, jsonAnswer(424, { error }));
    },
    deliver: (outcome) => outcomes.push(outcome),
  };
  const { atOnce } = desk.dialect;
  return (atOnce === 1 ? execute(execution) : executeTogether(execution, atOnce))
    .then(() => outcomes.end(), (reason: unknown) => outcomes.fail(reason));
}

async function carryOut(desk: BatchDesk, index: number, scene: FaultScene): Promise<Answer> {
  const faults = desk.strikes.parts[index] ?? [];
  const early = faults.filter((fault) => !isLate(fault));
  const instead = early.length > 0 ? await struckBy(early, scene) : undefined;
  if (instead !== undefined) return noted(desk, index, instead);
  const answer = await worked(desk, index);
  const late = faults.filter(isLate);
  return noted(desk, index, late.length > 0 ? await struckBy(late, scene) ?? answer : answer);
}

/** The mailbox is busy with it for a while, or too busy for it. */
async function worked(desk: BatchDesk, index: number): Promise<Answer> {
  const { load, workMs, clock, left: { signal } } = desk;
  const entry = desk.entries[index] as OpenEntry;
  const leave = load.enter(entry.mailbox);
  if (leave === undefined) return tooBusy();
  try {
    if (workMs > 0) await clock.wait(workMs, signal);
    entry.carriedOut = true;
    return attempt(desk, desk.batch.operations[index] as BatchOperation);
  } finally {
    leave();
  }
}

/** Protocol C2, C3: of one operation alone, and the wait may be a fraction. */
function tooBusy(): Answer {
  const error = {
    code: "ApplicationThrottled",
    message: "Application is over its MailboxConcurrency limit.",
  };
  return jsonAnswer(429, { error }, { "Retry-After": "0.25" });
}

function attempt({ dialect, house }: BatchDesk, operation: BatchOperation): Answer {
  try {
    return dialect.carryOut(operation, house);
  } catch (error) {
    if (error instanceof Refusal) return refusalAnswer(error);
    throw error;
  }
}

function noted({ entries }: BatchDesk, index: number, answer: Answer): Answer {
  (entries[index] as OpenEntry).status = answer.status;
  return answer;
}

function streamed(desk: BatchDesk, outcomes: Channel<Outcome>, scene: FaultScene): Response {
  const faults = desk.strikes.batch;
  const has = (name: Fault["name"]): boolean => faults.some((fault) => fault.name === name);
  const parts = arranged(partsOf(desk, outcomes), faults, scene.random);
  const boundary = `batchresponse_${scene.random.guid()}`;
  const named = has("boundary") ? `batchresponse_${scene.random.guid()}` : boundary;
  const inJson = desk.batch.answerAs === "json" || has("json");
  const chunks = inJson ? writeJson(parts, desk.dialect.jsonForm) : writeMultipart(parts, boundary);
  const body = streamOf(deliver(chunks, faults, scene), {
    signal: desk.left.signal,
    cancel: () => desk.left.abort(),
    end: desk.end,
  });
  const headers = new Headers({
    "Content-Type": inJson
      ? "application/json; charset=utf-8"
      : `multipart/mixed; boundary=${named}`,
  });
  if (has("gzip")) headers.set("Content-Encoding", "gzip");
  return new Response(body as ReadableStream<Uint8Array<ArrayBuffer>>, { status: 200, headers });
}

async function* partsOf(
  { batch, entries, echoContentId }: BatchDesk,
  outcomes: Channel<Outcome>,
): AsyncGenerator<AnswerPart, void, undefined> {
  for await (const { index, answer, last } of outcomes) {
    const id = batch.operations[index]?.id;
    yield {
      contentId: echoContentId ? id : undefined,
      id: id ?? String(index + 1),
      answer,
      entry: entries[index],
      last,
    };
  }
}
