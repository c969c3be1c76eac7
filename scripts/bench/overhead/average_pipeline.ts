import {
  bufferTime,
  filter,
  from,
  groupBy,
  map,
  mergeMap,
  type Observable,
  type OperatorFunction,
  Subject,
  tap,
} from "rxjs";

/** What a batch is made of: where it belongs. */
interface Grouped {
  readonly context?: string | undefined;
}

/** The pipeline that comes to mind first: no order, no lanes that end, no retry, no cancellation. */
export function averageOperator<I extends Grouped, R>(
  post: (batch: I[]) => Promise<R[]>,
): OperatorFunction<I, R> {
  return (source) =>
    source.pipe(
      groupBy(({ context }) => context ?? "me"),
      mergeMap((lane) => lane.pipe(bufferTime(10, null, 20))),
      filter((batch) => batch.length > 0),
      mergeMap((batch) => from(post(batch)).pipe(mergeMap((results) => results)), 4),
    );
}

/** The same with a subscriber for each: every request carries the subject of its answer. */
export function averageSend<I extends Grouped, R>(
  post: (batch: I[]) => Promise<R[]>,
): (item: I) => Observable<R> {
  const requests = new Subject<{ context?: string | undefined; item: I; answer: Subject<R> }>();
  requests.pipe(
    groupBy(({ context }) => context ?? "me"),
    mergeMap((lane) => lane.pipe(bufferTime(10, null, 20))),
    filter((batch) => batch.length > 0),
    mergeMap((batch) =>
      from(post(batch.map(({ item }) => item))).pipe(
        map((results) => ({ batch, results })),
      ), 4),
    tap(({ batch, results }) => {
      for (let at = 0; at < batch.length; at++) {
        batch[at]!.answer.next(results[at]!);
        batch[at]!.answer.complete();
      }
    }),
  ).subscribe();
  return (item) => {
    const answer = new Subject<R>();
    requests.next({ context: item.context, item, answer });
    return answer;
  };
}
