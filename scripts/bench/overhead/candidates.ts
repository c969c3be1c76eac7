import { setImmediate } from "node:timers/promises";
import type { Request as EffectRequest } from "effect";
import { from, Subject } from "rxjs";
import type { Operation } from "../../../mod.ts";
import { loadCore } from "../built_package.ts";
import { averageOperator, averageSend } from "./average_pipeline.ts";
import type { Endpoint } from "./endpoint.ts";
import { nullTransport, nullWire } from "./null_wire.ts";

/** How many operations come with each turn of the event loop in steady flow. */
const OPERATIONS_PER_TURN = 100;

/** How operations come: all in one burst, or so many each turn. */
export type Flow = "burst" | "steady";

/** Sends all operations, and says how many were answered. */
export type Run = (operations: readonly Operation[], flow: Flow) => Promise<number>;

/** Sends one operation, and calls back when it is answered. */
type Take = (operation: Operation, answered: () => void) => void;

/** Hands the operations over one by one. */
function oneByOne(
  operations: readonly Operation[],
  flow: Flow,
  take: Take,
  end?: () => void,
): Promise<number> {
  return new Promise((resolve) => {
    let count = 0;
    const answered = () => {
      if (++count === operations.length) resolve(count);
    };
    if (flow === "burst") {
      for (const operation of operations) take(operation, answered);
      end?.();
    } else {
      void eachTurn(operations, (operation) => take(operation, answered)).then(end);
    }
  });
}

async function eachTurn(
  operations: readonly Operation[],
  take: (operation: Operation) => void,
): Promise<void> {
  for (let at = 0; at < operations.length; at++) {
    take(operations[at]!);
    if (at % OPERATIONS_PER_TURN === OPERATIONS_PER_TURN - 1) await setImmediate();
  }
}

/** A promise each, as users of loaders have it. */
function promises(load: (operation: Operation) => Promise<unknown>): Run {
  return async (operations, flow) => {
    const loads: Promise<unknown>[] = [];
    const take = (operation: Operation) => void loads.push(load(operation));
    if (flow === "burst") operations.forEach(take);
    else await eachTurn(operations, take);
    return (await Promise.all(loads)).length;
  };
}

/** Gets everything ready; a run starts with a fresh batcher, as caches would answer the second one. */
export const CANDIDATES: Readonly<Record<string, (endpoint: Endpoint) => Promise<Run>>> = {
  "rxbatch operator": async (endpoint) => {
    const { batch } = await loadCore();
    const transport = nullTransport(endpoint);
    return (operations, flow) =>
      new Promise((resolve, reject) => {
        let count = 0;
        const steady = new Subject<Operation>();
        const source = flow === "burst" ? from(operations) : steady;
        source.pipe(batch(nullWire(), { transport })).subscribe({
          next: () => count++,
          error: reject,
          complete: () => resolve(count),
        });
        if (flow === "burst") return;
        void eachTurn(operations, (operation) => steady.next(operation))
          .then(() => steady.complete());
      });
  },
  "rxbatch send()": async (endpoint) => {
    const { createBatcher } = await loadCore();
    const transport = nullTransport(endpoint);
    return (operations, flow) => {
      const batcher = createBatcher(nullWire(), { transport });
      return oneByOne(
        operations,
        flow,
        (operation, answered) => void batcher.send(operation).subscribe(answered),
        () => void batcher.close(),
      );
    };
  },
  "DataLoader": async (endpoint) => {
    const { default: DataLoader } = await import("dataloader");
    return (operations, flow) => {
      const loader = new DataLoader((urls: readonly string[]) => endpoint.answer(urls));
      return promises(({ url }) => loader.load(url))(operations, flow);
    };
  },
  "DataLoader, 20 a batch, no cache": async (endpoint) => {
    const { default: DataLoader } = await import("dataloader");
    return (operations, flow) => {
      const loader = new DataLoader((urls: readonly string[]) => endpoint.answer(urls), {
        maxBatchSize: 20,
        cache: false,
      });
      return promises(({ url }) => loader.load(url))(operations, flow);
    };
  },
  "batshit": async (endpoint) => {
    const { create, windowedFiniteBatchScheduler } = await import("@yornaath/batshit");
    return (operations, flow) => {
      const batcher = create({
        fetcher: async (urls: string[]) => {
          const answers = await endpoint.answer(urls);
          return new Map(urls.map((url, at) => [url, answers[at]!]));
        },
        resolver: (answers, url) => answers.get(url),
        scheduler: windowedFiniteBatchScheduler({ windowMs: 10, maxBatchSize: 20 }),
      });
      return promises(({ url }) => batcher.fetch(url))(operations, flow);
    };
  },
  "Effect RequestResolver": async (endpoint) => {
    const { Effect, Request, RequestResolver } = await import("effect");
    interface Load extends EffectRequest.Request<string> {
      readonly _tag: "Load";
      readonly url: string;
    }
    const loadOf = Request.tagged<Load>("Load");
    const resolver = RequestResolver.makeBatched((loads: readonly Load[]) =>
      Effect.promise(() => endpoint.answer(loads.map(({ url }) => url))).pipe(
        Effect.flatMap((answers) =>
          Effect.forEach(loads, (load, at) => Request.succeed(load, answers[at]!), {
            discard: true,
          })
        ),
      )
    );
    const all = (operations: readonly Operation[]) =>
      Effect.runPromise(Effect.forEach(
        operations,
        ({ url }) => Effect.request(loadOf({ url }), resolver),
        // Its own way to batch; with `concurrency` besides, a fiber each takes three times as long.
        { batching: true },
      ));
    return async (operations, flow) => {
      if (flow === "burst") return (await all(operations)).length;
      const turns: Promise<unknown[]>[] = [];
      for (let at = 0; at < operations.length; at += OPERATIONS_PER_TURN) {
        turns.push(all(operations.slice(at, at + OPERATIONS_PER_TURN)));
        await setImmediate();
      }
      return (await Promise.all(turns)).reduce((count, answers) => count + answers.length, 0);
    };
  },
  "average RxJS pipeline, operator": (endpoint) => {
    const operator = averageOperator((batch: Operation[]) =>
      endpoint.answer(batch.map(({ url }) => url))
    );
    return Promise.resolve((operations, flow) =>
      new Promise((resolve, reject) => {
        let count = 0;
        const steady = new Subject<Operation>();
        const source = flow === "burst" ? from(operations) : steady;
        source.pipe(operator).subscribe({
          next: () => count++,
          error: reject,
          complete: () => resolve(count),
        });
        if (flow === "burst") return;
        void eachTurn(operations, (operation) => steady.next(operation))
          .then(() => steady.complete());
      })
    );
  },
  "average RxJS pipeline, send": (endpoint) =>
    Promise.resolve((operations, flow) => {
      const send = averageSend((batch: Operation[]) =>
        endpoint.answer(batch.map(({ url }) => url))
      );
      return oneByOne(operations, flow, (operation, answered) => {
        send(operation).subscribe(answered);
      });
    }),
  "floor: array and microtask": (endpoint) =>
    Promise.resolve((operations, flow) => {
      let waiting: { url: string; answered: () => void }[] = [];
      const leave = async () => {
        const all = waiting;
        waiting = [];
        await endpoint.answer(all.map(({ url }) => url));
        for (const { answered } of all) answered();
      };
      return oneByOne(operations, flow, ({ url }, answered) => {
        if (waiting.push({ url, answered }) === 1) queueMicrotask(leave);
      });
    }),
};
