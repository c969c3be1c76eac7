import { setImmediate } from "node:timers/promises";
import type { Request as EffectRequest } from "effect3";
import type { Operation } from "../../../mod.ts";
import { loadCore } from "../built_package.ts";
import { averageOperator, averageSend } from "./average_pipeline.ts";
import type { Endpoint } from "./endpoint.ts";
import { oneByOne, OPERATIONS_PER_TURN, promises, type Run, through } from "./flow.ts";
import { nullTransport, nullWire } from "./null_wire.ts";

/** Gets everything ready; a run starts with a fresh batcher, as caches would answer the second one. */
export const CANDIDATES: Readonly<Record<string, (endpoint: Endpoint) => Promise<Run>>> = {
  "rxbatch operator": async (endpoint) => {
    const { batch } = await loadCore();
    return through(batch(nullWire(), { transport: nullTransport(endpoint) }));
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
    const { Effect, Request, RequestResolver } = await import("effect3");
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
  "average RxJS pipeline, operator": (endpoint) =>
    Promise.resolve(
      through(
        averageOperator((batch: Operation[]) => endpoint.answer(batch.map(({ url }) => url))),
      ),
    ),
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
