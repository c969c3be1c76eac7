import type { AnyOperation, BatchEvent, ResultOf } from "@rxbatch/rxbatch";
import {
  lastValueFrom,
  Observable,
  type Observer,
  type OperatorFunction,
  Subject,
  tap,
} from "rxjs";
import type { Step } from "./mail_job.ts";
import { ProgressBar } from "./show.ts";

type Result = ResultOf<AnyOperation>;

/** What came of a run. */
export interface Run {
  /** One result for each operation, in the order of completion. */
  readonly results: readonly Result[];
  /** How many operations were handed over. */
  readonly submitted: number;
  readonly durationMs: number;
}

/** Hands steps to the operator, and what their answers lead to, until nothing is left. */
export async function run(
  first: readonly Step[],
  operator: OperatorFunction<AnyOperation, Result>,
  progress: (settled: number, submitted: number) => void,
): Promise<Run> {
  const operations$ = new Subject<AnyOperation>();
  const next = new Map<AnyOperation, Step["then"]>();
  const results: Result[] = [];
  let submitted = 0;
  const submit = (steps: readonly Step[]) => {
    submitted += steps.length;
    for (const step of steps) {
      next.set(step.operation, step.then);
      operations$.next(step.operation);
    }
  };
  const startedAtMs = performance.now();
  const done = lastValueFrom(
    new Observable<Result>((subscriber) => {
      subscriber.add(operations$.pipe(operator).subscribe(subscriber));
      submit(first);
    }).pipe(
      tap((result) => {
        results.push(result);
        const then = next.get(result.operation);
        if (result.ok && then !== undefined) submit(then(result.response.body));
        progress(results.length, submitted);
        if (results.length === submitted) operations$.complete();
      }),
    ),
  );
  await done;
  return { results, submitted, durationMs: performance.now() - startedAtMs };
}

/** The same, while a bar of this name shows how far it is; the operator is given the bar's ear for events. */
export async function runShown(
  name: string,
  first: readonly Step[],
  operatorWith: (
    events: Observer<BatchEvent>,
  ) => OperatorFunction<AnyOperation, Result>,
): Promise<Run> {
  const bar = new ProgressBar(name);
  const done = await run(first, operatorWith(bar.events), bar.update);
  bar.stop();
  return done;
}
