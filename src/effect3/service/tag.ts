import { type Config, type ConfigError, Context, Effect, Layer, Stream } from "effect3";
import type {
  Batcher,
  BatchOptions,
  Operation,
  OperationResponse,
  ResultOf,
  SendAllOptions,
} from "../../../mod.ts";
import type { EffectError } from "../send/errors.ts";
import { type BatchService, type EffectOptions, makeBatchService } from "./service.ts";
import { checkEffectVersion } from "../version.ts";

/** A service that sends operations, with its layers; its methods can be called on the tag itself. */
export interface BatchTag<Self, Options extends BatchOptions>
  extends Context.Tag<Self, BatchService> {
  /**
   * The service, until the scope of the layer closes: then it flushes, refuses new operations, and waits for what is in
   * hand.
   *
   * @param options where, as whom and how to batch
   * @returns the layer; it dies when an option is wrong
   */
  layer<R = never>(options?: EffectOptions<Options, R>): Layer.Layer<Self, never, R>;
  /**
   * The same with options that come from the environment, or wherever Effect's ConfigProvider looks.
   *
   * @param config where they come from; `Config.map` adds what cannot be configured
   * @returns the layer; it fails when a value is missing or wrong
   */
  layerConfig<R = never>(
    config?: Config.Config<EffectOptions<Options, R>>,
  ): Layer.Layer<Self, ConfigError.ConfigError, R>;
  /** What `layerConfig` reads by default. */
  readonly config: Config.Config<EffectOptions<Options>>;
  /**
   * Sends one operation; see {@link BatchService}.
   *
   * @param operation what to send
   * @returns the answer, or one of the `BatchError`s
   */
  send<T>(operation: Operation<T>): Effect.Effect<OperationResponse<T>, EffectError, Self>;
  /**
   * Sends one operation as a request of Effect; see {@link BatchService}.
   *
   * @param operation what to send
   * @returns the answer, or one of the `BatchError`s
   */
  request<T>(operation: Operation<T>): Effect.Effect<OperationResponse<T>, EffectError, Self>;
  /**
   * Sends a stream of operations; see {@link BatchService}.
   *
   * @param operations where they come from
   * @param options how many may be in hand
   * @returns one result each, in the order of completion
   */
  sendAll<O extends Operation, E, R>(
    operations: Stream.Stream<O, E, R>,
    options?: SendAllOptions,
  ): Stream.Stream<ResultOf<O>, E, R | Self>;
}

/** The tag of a dialect. */
export function batchTag<Self, Options extends BatchOptions>(
  name: string,
  create: (options: Options) => Batcher,
  config: Config.Config<EffectOptions<Options>>,
): BatchTag<Self, Options> {
  checkEffectVersion();
  const tag = Context.GenericTag<Self, BatchService>(`@rxbatch/rxbatch/${name}`);
  const made = <R>(options?: EffectOptions<Options, R>) => makeBatchService(create, options);
  const doors: Omit<BatchTag<Self, Options>, keyof Context.Tag<Self, BatchService>> = {
    layer: (options) => Layer.scoped(tag, made(options)),
    layerConfig: (given) => Layer.scoped(tag, Effect.flatMap(given ?? config, made)),
    config,
    send: (operation) => Effect.flatMap(tag, (service) => service.send(operation)),
    request: (operation) => Effect.flatMap(tag, (service) => service.request(operation)),
    sendAll: (operations, options) =>
      Stream.unwrap(Effect.map(tag, (service) => service.sendAll(operations, options))),
  };
  return Object.assign(tag, doors);
}
