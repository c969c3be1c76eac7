import type { Operation } from "../../../mod.ts";
import { loadCore } from "../built_package.ts";
import { averageOperator, averageSend } from "./average_pipeline.ts";
import { effect3Resolver, effect4Resolver } from "./effect_resolvers.ts";
import type { Endpoint } from "./endpoint.ts";
import { oneByOne, promises, type Run, through } from "./flow.ts";
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
  "Effect RequestResolver": effect3Resolver,
  "Effect 4 RequestResolver": effect4Resolver,
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
