import type { AnswerPart } from "../http/batch_answer.ts";
import type { Fault, PartsFault } from "./fault.ts";
import { jsonAnswer } from "../http/http.ts";
import type { Random } from "../random.ts";

const ARRANGING = new Set<Fault["name"]>(["fewer", "more", "duplicate", "foreign", "reorder"]);

/**
 * Takes parts out, adds some, and changes their order, as the faults say. Without such a fault each part goes on at once;
 * with one the answer waits for its last part.
 */
export async function* arranged(
  parts: AsyncIterable<AnswerPart>,
  faults: readonly Fault[],
  random: Random,
): AsyncGenerator<AnswerPart, void, undefined> {
  const arranging = faults.filter((fault) => ARRANGING.has(fault.name));
  if (arranging.length === 0) {
    yield* parts;
    return;
  }
  let all: AnswerPart[] = [];
  for await (const part of parts) all.push(part);
  for (const fault of arranging) all = arrange(all, fault, random);
  for (const [at, part] of all.entries()) yield { ...part, last: at === all.length - 1 };
}

function arrange(parts: readonly AnswerPart[], fault: Fault, random: Random): AnswerPart[] {
  if (fault.name === "reorder") return random.shuffled(parts);
  const { name, count = 1 } = fault as PartsFault;
  if (name === "more") return [...parts, ...Array.from({ length: count }, (_, at) => extra(at))];
  const chosen = new Set(random.shuffled(parts).slice(0, count));
  return parts.flatMap((part) => {
    if (!chosen.has(part)) return part;
    if (name === "fewer") return [];
    if (name === "duplicate") return [part, part];
    const id = `foreign-${part.id}`;
    return { ...part, id, contentId: id };
  });
}

/** A part that nobody asked for. */
function extra(at: number): AnswerPart {
  const id = `extra-${at + 1}`;
  return {
    contentId: undefined,
    id,
    answer: jsonAnswer(200, { value: [] }),
    entry: undefined,
    last: false,
  };
}
