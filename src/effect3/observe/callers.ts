import { Context, Effect, type MetricLabel, Option, Tracer } from "effect3";
// What effect 4 has no name for is asked for when the entry is known to be loaded beside effect 3.
import * as Library from "effect3";

/** In whose span an operation was sent, by whose tracer, and where it counts. */
export interface Caller {
  /** None where there is none, or where tracing is off. */
  readonly span: Tracer.AnySpan | undefined;
  readonly tracer: Tracer.Tracer;
  readonly isTraced: boolean;
  /** Was the span made for this operation, so that what becomes of it may be said there? */
  readonly isOwnSpan: boolean;
  readonly labels: readonly MetricLabel.MetricLabel[];
}

/** Who asks. */
export function currentCaller(): Effect.Effect<Caller> {
  return Effect.tracerWith((tracer) =>
    Effect.map(
      Effect.all([
        Effect.context<never>(),
        Library.FiberRef.get(Library.FiberRef.currentTracerEnabled),
        Library.FiberRef.get(Library.FiberRef.currentMetricLabels),
      ]),
      ([context, isTraced, labels]) => {
        const span = Option.getOrUndefined(Context.getOption(context, Tracer.ParentSpan));
        return {
          span: isTraced ? span : undefined,
          tracer,
          isTraced,
          isOwnSpan: false,
          labels: [...labels],
        };
      },
    )
  );
}
