import type { AnswerPart } from "../http/batch_answer.ts";
import type { BatchDesk } from "./desk.ts";
import type { Unit, UnitAnswer } from "./units.ts";

/**
 * What a unit is answered. A group that failed is one error in multipart (OData 4.01 Protocol §11.7.7.5), and an answer
 * for each member in JSON, where each request has its response (JSON Format §19.5). Where groups are not rolled back,
 * their members are answered as if each stood by itself.
 */
export function partsFor(
  { batch, entries, echoContentId, dialect }: BatchDesk,
  { places, isGroup }: Unit,
  { answers, failure }: UnitAnswer,
  last: boolean,
): readonly AnswerPart[] {
  const members = places.map((place, at): AnswerPart => {
    const id = batch.operations[place]?.id;
    return {
      contentId: echoContentId ? id : undefined,
      id: id ?? String(place + 1),
      group: batch.operations[place]?.group,
      answer: answers[at]!,
      entry: entries[place],
      last: last && at === places.length - 1,
    };
  });
  if (!isGroup || dialect.begin === undefined) return members;
  if (failure === undefined) return [{ ...members[0]!, members, nested: members, last }];
  const culprit = members[answers.indexOf(failure)]!;
  const nested = dialect.nestsFailure === true ? [culprit] : undefined;
  return [{ ...culprit, members, nested, last }];
}
