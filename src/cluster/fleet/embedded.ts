import { Layer } from "effect";
import {
  MessageStorage,
  RunnerHealth,
  Runners,
  RunnerStorage,
  Sharding,
  ShardingConfig,
} from "effect/cluster";
import { Durable } from "./durable.ts";

/**
 * A fleet of one, within this process and in memory: nothing to install, and nothing that outlives it. The same program
 * runs on many machines when this one layer is another.
 *
 * @param config how mailboxes are spread over runners; see effect's `ShardingConfig`
 * @returns the layer that `mailboxLayer` and `clusterBatcher` need
 *
 * @example
 * ```ts
 * import { Layer } from "effect";
 * import { createOutlookBatcher, fetchTransport, get, outlookWire } from "@rxbatch/rxbatch";
 * import { clusterBatcher, embedded, mailboxLayer } from "@rxbatch/rxbatch/cluster";
 * import { fakeOutlook } from "@rxbatch/rxbatch/testing";
 *
 * const outlook = fakeOutlook();
 * const mailboxes = mailboxLayer({
 *   create: createOutlookBatcher,
 *   options: { token: outlook.token, transport: fetchTransport(outlook.fetch) },
 * });
 * await using batcher = clusterBatcher({
 *   layer: Layer.provideMerge(mailboxes, embedded()),
 *   wire: outlookWire(),
 * });
 * for await (const { ok } of batcher.sendAll([get("messages"), get("events")])) {
 *   console.log(ok); // true
 * }
 * ```
 */
export function embedded(
  config?: Partial<ShardingConfig.ShardingConfig["Service"]>,
): Layer.Layer<Sharding.Sharding | MessageStorage.MessageStorage> {
  return Sharding.layer.pipe(
    Layer.provideMerge(Runners.layerNoop),
    Layer.provideMerge(MessageStorage.layerMemory),
    Layer.provide([RunnerStorage.layerMemory, RunnerHealth.layerNoop]),
    Layer.provide(ShardingConfig.layer(config)),
    Layer.provideMerge(Layer.succeed(Durable, false)),
  );
}
