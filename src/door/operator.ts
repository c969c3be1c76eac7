import { Observable } from "rxjs";
import { Pipeline } from "../pipeline/pipeline.ts";
import { isOperation } from "../operation/identity.ts";
import type { AnyOperation } from "../operation/operation.ts";
import type { BatchOptions } from "../options/options.ts";
import type { ResultOf } from "../operation/result.ts";
import { checkNoFixedHeaders } from "../options/headers.ts";
import { BATCH_NAMES, checkOptionNames } from "../options/names.ts";
import { checkedSettings, type Settings } from "../options/settings.ts";
import { Entry, type Sink } from "../pipeline/entry.ts";
import { GROUPS, type Groups } from "../pipeline/groups.ts";
import { Listener } from "../pipeline/time/listener.ts";
import { defaultTransport } from "../transport/default.ts";
import type { Wire } from "../wire/wire.ts";
import { checkStream, checkWire, noOperation } from "./given.ts";

/**
 * Operations in, one result each out, in the order of completion; one failure never ends the stream.
 *
 * Operations of different body types mix without a cast.
 */
export type BatchOperator = <O extends AnyOperation>(
  source: Observable<O>,
) => Observable<ResultOf<O>>;

/**
 * The operator for a dialect of your own; `batchOutlook` and its kin are made with it.
 *
 * Each subscription is a pipeline of its own. A source error and unsubscribing leave everything in hand at once; when the
 * source completes, what waits is flushed, and the result completes with the last settled operation.
 *
 * @param wire the dialect
 * @param options how to batch
 * @returns an operator from operations to results
 * @throws {TypeError} when `wire` is no Wire, or an option is of the wrong type, or has a name that nobody reads; the
 * operator throws one for a source that is no Observable
 * @throws {RangeError} when a number is out of range
 *
 * @example
 * ```ts
 * import { batch, fetchTransport, get, odataWire } from "@rxbatch/rxbatch";
 * import { fakeOData } from "@rxbatch/rxbatch/testing";
 * import { from, lastValueFrom, toArray } from "rxjs";
 *
 * const odata = fakeOData();
 * const wire = odataWire({ baseUrl: odata.baseUrl }); // or one of your own
 * const results$ = from([get("Customers?$top=2"), get("Orders")]).pipe(
 *   batch(wire, { token: odata.token, transport: fetchTransport(odata.fetch) }),
 * );
 * const results = await lastValueFrom(results$.pipe(toArray()));
 * console.log(results.map((result) => result.ok), odata.posts); // [ true, true ] 1
 * ```
 */
export function batch(wire: Wire, options: BatchOptions = {}): BatchOperator {
  checkWire(wire);
  checkOptionNames(options, BATCH_NAMES);
  checkNoFixedHeaders(options);
  const settings = checkedSettings(options, wire, { transport: defaultTransport });
  return operatorOf(wire, settings, GROUPS);
}

/** The operator for settings that are checked. */
export function operatorOf(wire: Wire, settings: Settings, groups?: Groups): BatchOperator {
  return <O extends AnyOperation>(source: Observable<O>) => {
    checkStream(source);
    return new Observable<ResultOf<O>>((subscriber) => {
      let isComplete = false;
      const atRest = () => {
        if (isComplete) subscriber.complete();
      };
      const pipeline = new Pipeline(wire, settings, { atRest, groups });
      const emit = (result: ResultOf<AnyOperation>) => subscriber.next(result as ResultOf<O>);
      const sink: Sink = {
        answered: ({ operation }, response) => emit({ ok: true, operation, response }),
        failed: ({ operation }, error) => emit({ ok: false, operation, error }),
      };
      const listener = new Listener<O>({
        next: (operation) => {
          if (isOperation(operation)) pipeline.submit(new Entry(operation, pipeline, sink));
          else subscriber.error(noOperation(operation));
        },
        error: (error) => subscriber.error(error),
        complete: () => {
          isComplete = true;
          pipeline.flush("complete");
          if (pipeline.life.isAtRest) subscriber.complete();
        },
      });
      subscriber.add(listener);
      subscriber.add(() => pipeline.life.abandon());
      pipeline.inOneRun(() => source.subscribe(listener));
    });
  };
}
