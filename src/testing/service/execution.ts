import type { UnitAnswer } from "./units.ts";
import type { Random } from "../random.ts";

/** The answer of an operation, or of a group, as it goes to the client. */
export interface Outcome {
  /** The unit's place in the batch, from 0. */
  readonly index: number;
  readonly answer: UnitAnswer;
  /** Will no other follow? */
  readonly last: boolean;
}

/** A batch to be run. */
export interface Execution {
  /** The places of the units in the order in which they run. */
  readonly sequence: readonly number[];
  readonly continueOnError: boolean;
  readonly signal: AbortSignal;
  /** The places of what must have succeeded first. */
  dependencies(index: number): readonly number[];
  carryOut(index: number): Promise<UnitAnswer>;
  /** What a unit is answered that cannot run as one that it depends on has failed. */
  skipped(index: number): UnitAnswer;
  deliver(outcome: Outcome): void;
}

/**
 * Runs the units one after another and delivers their answers in request order, each as soon as no earlier one is
 * missing. When it stops at an error and leaves some out, that error is the last answer (OData 4.01 §11.7.7.5).
 *
 * @throws the signal's reason when the client leaves; what has not begun by then never runs
 */
export async function execute(execution: Execution): Promise<void> {
  const answers = new Map<number, UnitAnswer>();
  let next = 0;
  let left = execution.sequence.length;
  for (const index of execution.sequence) {
    execution.signal.throwIfAborted();
    const ready = execution.dependencies(index).every((earlier) => succeeded(answers.get(earlier)));
    const answer = ready ? await execution.carryOut(index) : execution.skipped(index);
    answers.set(index, answer);
    left--;
    const stops = !execution.continueOnError && answer.status >= 400;
    if (stops || left === 0) {
      const order = [...answers.keys()].filter((at) => at >= next).sort((a, b) => a - b);
      if (left > 0) order.push(...order.splice(order.indexOf(index), 1));
      order.forEach((at, place) =>
        execution.deliver({
          index: at,
          answer: answers.get(at) as UnitAnswer,
          last: place === order.length - 1,
        })
      );
      return;
    }
    for (let ripe = answers.get(next); ripe !== undefined; ripe = answers.get(next)) {
      execution.deliver({ index: next++, answer: ripe, last: false });
    }
  }
}

/**
 * Runs up to `atOnce` operations at a time and delivers each answer when it is there, in any order. Nothing runs before
 * what it depends on is done.
 *
 * @throws the signal's reason when the client leaves; what has not begun by then never runs
 */
export async function executeTogether(execution: Execution, atOnce: number): Promise<void> {
  const begun = new Map<number, Promise<UnitAnswer>>();
  const sequence = execution.sequence.values();
  let left = execution.sequence.length;
  const run = async (index: number): Promise<UnitAnswer> => {
    const earlier = await Promise.all(execution.dependencies(index).map((at) => begun.get(at)));
    execution.signal.throwIfAborted();
    return earlier.every(succeeded) ? await execution.carryOut(index) : execution.skipped(index);
  };
  const work = async (): Promise<void> => {
    for (const index of sequence) {
      const answering = run(index);
      begun.set(index, answering);
      const answer = await answering;
      left--;
      execution.deliver({ index, answer, last: left === 0 });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

function succeeded(answer: UnitAnswer | undefined): boolean {
  return answer !== undefined && answer.status < 400;
}

/** A drawn order in which nothing runs before what it depends on; a dependency stands earlier in the request. */
export function drawnSequence(
  dependencies: readonly (readonly number[])[],
  random: Random,
): number[] {
  const waiting = dependencies.map((_, index) => index);
  const sequence: number[] = [];
  while (waiting.length > 0) {
    const ready = waiting.filter((index) =>
      dependencies[index]?.every((earlier) => sequence.includes(earlier))
    );
    const drawn = ready[random.below(ready.length)] as number;
    waiting.splice(waiting.indexOf(drawn), 1);
    sequence.push(drawn);
  }
  return sequence;
}
