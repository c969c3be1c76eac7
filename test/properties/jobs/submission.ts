import { expect } from "vitest";
import type { AnyOperation, BatchError, OperationResponse } from "../../../mod.ts";
import type { Ledger } from "../../../src/testing.ts";
import type { PlannedStep } from "./plan.ts";

/** One submission, and what became of it. */
export class Submission {
  readonly place: number;
  readonly step: PlannedStep;
  readonly operation: AnyOperation;
  /** The latest submission of each that it waits for, its parents first; none where that was never submitted. */
  readonly needs: readonly (Submission | undefined)[];
  hasLeft = false;
  /** What its subscriber does when he leaves. */
  leave: (() => void) | undefined = undefined;
  isBuilt = false;
  /** The number of the batch that it was in last. */
  batch: number | undefined = undefined;
  /** What the server knows it by. */
  key: string | undefined;
  response: OperationResponse | undefined = undefined;
  error: BatchError | undefined = undefined;
  /** How often it was told an end. */
  ends = 0;

  constructor(
    place: number,
    step: PlannedStep,
    operation: AnyOperation,
    needs: readonly (Submission | undefined)[],
  ) {
    this.place = place;
    this.step = step;
    this.operation = operation;
    this.needs = needs;
    this.key = operation.method === undefined ? undefined : `${place}`;
  }

  get isDerived(): boolean {
    return this.operation.method === undefined;
  }

  get parents(): readonly (Submission | undefined)[] {
    return this.isDerived ? this.needs.slice(0, this.step.parents) : [];
  }

  get isOpen(): boolean {
    return this.ends === 0 && !this.hasLeft;
  }

  /** May it be built from these? */
  canBeBuiltFrom(answers: readonly OperationResponse[]): boolean {
    const { parents, needs } = this;
    return this.isOpen && !this.isBuilt && answers.length === parents.length &&
      needs.every((need) => need?.response !== undefined) &&
      parents.every((parent, at) => parent!.response!.body === answers[at]!.body);
  }

  /** Everything is over: does what it was told agree with what the server did? */
  check(ledger: Ledger, isOnly: boolean): void {
    const { place, ends, response, error, step, key } = this;
    const isHeard = response !== undefined || error !== undefined;
    expect(ends, `${place}`).toBe(this.hasLeft && !isHeard ? 0 : 1);
    if (this.needs.includes(undefined) && !this.hasLeft) {
      // The first of them that can never be says why.
      const before = this.needs.slice(0, this.needs.indexOf(undefined));
      const mayFall = before.some((need) => need!.error !== undefined || need!.hasLeft);
      expect(error?._tag).toMatch(
        mayFall ? /^(Operation|Closed|Dependency)Error$/ : /^(Operation|Closed)Error$/,
      );
    }
    if (this.isDerived && response !== undefined) expect(this.isBuilt).toBe(true);
    if (key === undefined || !isOnly) return;
    const done = ledger.carriedOut(key);
    if (step.isWrite) expect(done, `${key} was carried out`).toBeLessThanOrEqual(1);
    if (response !== undefined) expect(done).toBeGreaterThanOrEqual(1);
    const isCertain = error?._tag === "DependencyError" ||
      (error?._tag === "NotExecutedError" && (error as { certain?: boolean }).certain === true);
    if (isCertain) expect(done, `${key} surely did not run`).toBe(0);
  }
}
