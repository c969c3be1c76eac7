import type { BatchOperation } from "../http/batch.ts";
import type { Answer } from "../http/http.ts";

/** What runs as one: an operation by itself, or all members of a group. */
export interface Unit {
  /** The places of its operations in the batch, from 0. */
  readonly places: readonly number[];
  readonly isGroup: boolean;
  /** The units that must have succeeded first. */
  readonly dependsOn: readonly number[];
}

/** What a unit is answered. */
export interface UnitAnswer {
  /** That of the operation, or the worst of a group's. */
  readonly status: number;
  /** One for each operation. */
  readonly answers: readonly Answer[];
  /** Of a group that failed: the answer that all of it has. */
  readonly failure?: Answer | undefined;
}

/** The operations of a batch as units; those of one group stand next to each other. */
export function unitsOf(operations: readonly BatchOperation[]): Unit[] {
  const places: number[][] = [];
  const unitOf: number[] = [];
  for (const [at, { group }] of operations.entries()) {
    const isNext = group !== undefined && operations[at - 1]?.group === group;
    if (isNext) places.at(-1)!.push(at);
    else places.push([at]);
    unitOf.push(places.length - 1);
  }
  return places.map((members, unit) => ({
    places: members,
    isGroup: operations[members[0]!]!.group !== undefined,
    dependsOn: [...new Set(members.flatMap((at) => operations[at]!.dependsOn))]
      .map((at) => unitOf[at]!)
      .filter((earlier) => earlier !== unit),
  }));
}

/** The answer of an operation by itself. */
export function alone(answer: Answer): UnitAnswer {
  return { status: answer.status, answers: [answer] };
}
