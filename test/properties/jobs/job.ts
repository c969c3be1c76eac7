import {
  after,
  type AnyOperation,
  get,
  type Operation,
  type OperationInit,
  type OperationResponse,
  post,
} from "../../../mod.ts";
import type { PlannedStep } from "./plan.ts";
import type { JobWire } from "./wires.ts";

/** Called when an operation is built; its answer is the key under which the server will know it. */
export type Built = (place: number, answers: readonly OperationResponse[]) => string;

/** The operations of a job. */
export function operationsOf(
  steps: readonly PlannedStep[],
  wire: JobWire,
  built: Built,
): readonly AnyOperation[] {
  const operations: AnyOperation[] = [];
  for (const [place, step] of steps.entries()) {
    const needs = needsOf(step, place).map((at) => operations[at]!);
    const { key: orderingKey } = step;
    const parents = needs.slice(0, step.parents);
    const dependsOn = needs.slice(step.parents);
    if (parents.length === 0) {
      operations.push(call(step, wire, `${place}`, { dependsOn: needs, orderingKey }));
      continue;
    }
    const build = (answers: readonly OperationResponse[]) =>
      builtOf(step, wire, built(place, answers));
    operations.push(
      parents.length === 1 && step.takesOne
        ? after(parents[0]!, (answer) => build([answer]), { dependsOn, orderingKey })
        : after(parents, build, { dependsOn, orderingKey }),
    );
  }
  return operations;
}

/** The places of what a step waits for; its parents come first. */
export function needsOf({ back }: PlannedStep, place: number): readonly number[] {
  return back.filter((far) => far <= place).map((far) => place - far);
}

function builtOf(step: PlannedStep, wire: JobWire, key: string): Operation {
  const { build } = step;
  if (build === "throwing") throw new Error("odd");
  if (build === "promise") return Promise.resolve() as never;
  return call(step, wire, key, build === "ordered" ? { orderingKey: "own" } : {});
}

/** Known to the server by this key. */
function call(
  { person, isWrite, retry }: PlannedStep,
  wire: JobWire,
  key: string,
  order: OperationInit<unknown>,
): Operation {
  const init = { ...order, retry, headers: { "client-request-id": key } };
  const url = wire.messages(person);
  return isWrite
    ? post(url, { [wire.property("Subject")]: key }, init)
    : get(`${url}?$top=1&$select=${wire.property("Subject")}`, init);
}
