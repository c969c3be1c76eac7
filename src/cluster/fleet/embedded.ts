import { Effect, Layer } from "effect";
import {
  MessageStorage,
  RunnerHealth,
  Runners,
  RunnerStorage,
  Sharding,
  ShardingConfig,
  SqlMessageStorage,
} from "effect/cluster";
import { Digest } from "effect/crypto";
import { Reactivity } from "effect/reactivity";
import { SqlClient } from "effect/sql";
import { checkKinds, TEXT } from "../../operation/check/kinds.ts";
import { checkKnownNames } from "../../operation/check/known_names.ts";
import { Durable } from "./durable.ts";
import { databaseIn } from "./folder.ts";
import { clientOf } from "./folder_client.ts";
import type { FolderError } from "./folder_error.ts";

/** How mailboxes are spread over runners; see effect's `ShardingConfig`. */
type Config = Partial<ShardingConfig.ShardingConfig["Service"]>;

/** What {@link embedded} takes, beside effect's `ShardingConfig`. */
export interface EmbeddedOptions extends Partial<ShardingConfig.ShardingConfig["Service"]> {
  /**
   * Where messages and marks are kept, so that they outlive the process: a folder that one process at a time may have.
   * It takes `@electric-sql/pglite`, a PostgreSQL that runs in the process.
   *
   * @default none: in memory
   */
  readonly folder?: string | undefined;
}

/**
 * A fleet of one, within this process. In memory there is nothing to install, and nothing outlives it; in a folder what
 * was sent is stored until it is answered, and answers are kept, so the process may be killed and started again. The same
 * program runs on many machines when this one layer is another.
 *
 * @param options `folder`, and how mailboxes are spread over runners
 * @returns the layer that `mailboxLayer` and `clusterBatcher` need; with a folder, its database too
 * @throws {TypeError} when there is a name that nobody reads, or `folder` is no string
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
  options: EmbeddedOptions & { readonly folder: string },
): Layer.Layer<
  Sharding.Sharding | MessageStorage.MessageStorage | SqlClient.SqlClient,
  FolderError
>;
/**
 * A fleet of one, within this process and in memory: nothing outlives it.
 *
 * @param options how mailboxes are spread over runners
 * @returns the layer that `mailboxLayer` and `clusterBatcher` need
 * @throws {TypeError} when there is a name that nobody reads, or `folder` is no string
 */
export function embedded(
  options?: EmbeddedOptions & { readonly folder?: undefined },
): Layer.Layer<Sharding.Sharding | MessageStorage.MessageStorage>;
export function embedded(
  options: EmbeddedOptions = {},
): Layer.Layer<Sharding.Sharding | MessageStorage.MessageStorage, FolderError> {
  checkOptions(options);
  const { folder, ...config } = options;
  return folder === undefined ? inMemory(config) : inFolder(folder, config);
}

/** With a folder that is misspelt, all of it would be in memory, and nobody would know before it is lost. */
function checkOptions(options: EmbeddedOptions): void {
  const names = Object.keys(ShardingConfig.defaults).map((name) => [name, true] as const);
  checkKnownNames("options of embedded", options, { folder: true, ...Object.fromEntries(names) });
  checkKinds(options, { folder: TEXT });
}

function inMemory(
  config: Config,
): Layer.Layer<Sharding.Sharding | MessageStorage.MessageStorage> {
  return one(config, MessageStorage.layerMemory).pipe(
    Layer.provideMerge(Layer.succeed(Durable, false)),
  );
}

function inFolder(
  folder: string,
  config: Config,
): Layer.Layer<
  Sharding.Sharding | MessageStorage.MessageStorage | SqlClient.SqlClient,
  FolderError
> {
  const database = Layer.effect(SqlClient.SqlClient, Effect.flatMap(databaseIn(folder), clientOf));
  const messages = SqlMessageStorage.layer.pipe(Layer.provide(Digest.layerWebCrypto));
  return one(config, messages).pipe(
    Layer.provideMerge(Layer.provide(database, Reactivity.layer)),
    Layer.provideMerge(Layer.succeed(Durable, true)),
  );
}

/** All of a fleet: it has every mailbox, and nobody to ask for one. */
function one<R>(
  config: Config,
  messages: Layer.Layer<MessageStorage.MessageStorage, never, R>,
): Layer.Layer<
  Sharding.Sharding | MessageStorage.MessageStorage,
  never,
  Exclude<R, ShardingConfig.ShardingConfig>
> {
  return Sharding.layer.pipe(
    Layer.provideMerge(Runners.layerNoop),
    Layer.provideMerge(messages),
    Layer.provide([RunnerStorage.layerMemory, RunnerHealth.layerNoop]),
    Layer.provide(ShardingConfig.layer(config)),
  );
}
