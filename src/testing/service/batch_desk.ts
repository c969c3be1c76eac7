import { streamOf } from "../http/answer_stream.ts";
import { type AnswerPart, writeJson, writeMultipart } from "../http/batch_answer.ts";
import { Channel } from "../http/channel.ts";
import type { BatchDesk } from "./desk.ts";
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
import { type Answer, responseOf } from "../http/http.ts";
import { partsFor } from "./part.ts";
import { Random } from "../random.ts";
import { type Unit, unitsOf } from "./units.ts";
import { Work } from "./work.ts";

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
  const units = unitsOf(desk.batch.operations);
  const outcomes = new Channel<Outcome>();
  const done = run(desk, units, outcomes);
  const late = faults.filter(isLate);
  if (late.length > 0) {
    await done;
    const instead = await struckBy(late, scene);
    if (instead !== undefined) return complete(desk, instead);
  }
  return streamed(desk, partsOf(desk, units, outcomes), scene);
}

function sceneOf({ clock, seed, post, left }: BatchDesk, purpose: string): FaultScene {
  return { clock, random: new Random(seed, `${purpose} ${post}`), signal: left.signal };
}

function complete({ end }: BatchDesk, answer: Answer): Response {
  end();
  return responseOf(answer);
}

/** Works on its own, whether or not anybody reads the answer; never rejects. */
function run(
  desk: BatchDesk,
  units: readonly Unit[],
  outcomes: Channel<Outcome>,
): Promise<void> {
  const { batch: { continueOnError }, strikes, order, seed, post } = desk;
  const has = (name: Fault["name"]): boolean => strikes.batch.some((fault) => fault.name === name);
  const dependencies = units.map(({ dependsOn }) => dependsOn);
  const work = new Work(desk, sceneOf(desk, "parts"));
  const execution: Execution = {
    sequence: order === "any" || has("shuffle")
      ? drawnSequence(dependencies, new Random(seed, `order ${post}`))
      : units.map((_, index) => index),
    continueOnError: continueOnError && !has("stop"),
    signal: desk.left.signal,
    dependencies: (index) => dependencies[index] ?? [],
    carryOut: (index) => work.carryOut(units[index]!),
    skipped: (index) => work.skip(units[index]!),
    deliver: (outcome) => outcomes.push(outcome),
  };
  const { atOnce } = desk.dialect;
  return (atOnce === 1 ? execute(execution) : executeTogether(execution, atOnce))
    .then(() => outcomes.end(), (reason: unknown) => outcomes.fail(reason));
}

function streamed(
  desk: BatchDesk,
  given: AsyncIterable<AnswerPart>,
  scene: FaultScene,
): Response {
  const faults = desk.strikes.batch;
  const has = (name: Fault["name"]): boolean => faults.some((fault) => fault.name === name);
  const parts = arranged(given, faults, scene.random);
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
  return new Response(body as ReadableStream<Uint8Array<ArrayBuffer>>, {
    status: desk.dialect.batchStatus ?? 200,
    headers,
  });
}

async function* partsOf(
  desk: BatchDesk,
  units: readonly Unit[],
  outcomes: Channel<Outcome>,
): AsyncGenerator<AnswerPart, void, undefined> {
  for await (const { index, answer, last } of outcomes) {
    yield* partsFor(desk, units[index]!, answer, last);
  }
}
