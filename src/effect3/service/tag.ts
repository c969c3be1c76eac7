import { Config, type ConfigError, Context, Effect, Layer, Stream } from "effect3";
import type {
  Batcher,
  BatchOptions,
  Operation,
  OperationResponse,
  ResultOf,
  SendAllOptions,
} from "../../../mod.ts";
import type { EffectError } from "../send/errors.ts";
import { type BatchService, makeBatchService } from "./service.ts";
import { type EffectOptions, plainOptions } from "./options.ts";
import { checked } from "./variables.ts";
import { checkEffectVersion } from "../version.ts";

/**
 * A service that sends operations, with its layers; its methods can be called on the tag itself.
 *
 * @since 0.2.0
 * @category models
 */
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
   * @param config where they come from, as one `Config` or one for each option
   * @returns the layer; it fails when a value is missing or wrong
   */
  layerConfig<R = never>(
    config?: Config.Config.Wrap<EffectOptions<Options, R>>,
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

/**
 * Makes the tag of a dialect of your own, or of a second tenant of a known one.
 *
 * @param key what tells it from other services of the program
 * @param create makes the batcher
 * @param config what `layerConfig` reads by default; `outlookConfig`, `serviceConfig` and their kin make one
 * @returns the tag
 *
 * @since 0.2.0
 * @category constructors
 *
 * @example
 * ```ts
 * import { Effect } from "effect";
 * import { createOutlookBatcher, fetchTransport, get, type OutlookOptions } from "@rxbatch/rxbatch";
 * import { batchTag, type BatchTag, outlookConfig } from "@rxbatch/rxbatch/effect3";
 * import { fakeOutlook } from "@rxbatch/rxbatch/testing";
 *
 * interface Fabrikam {
 *   readonly _: unique symbol;
 * }
 * const Fabrikam: BatchTag<Fabrikam, OutlookOptions> = batchTag(
 *   "app/Fabrikam",
 *   createOutlookBatcher,
 *   outlookConfig("FABRIKAM"), // FABRIKAM_TOKEN and so on
 * );
 *
 * const outlook = fakeOutlook();
 * const layer = Fabrikam.layer({ token: outlook.token, transport: fetchTransport(outlook.fetch) });
 * const program = Effect.map(Fabrikam.send(get("messages")), ({ status }) => status);
 * console.log(await Effect.runPromise(Effect.provide(program, layer))); // 200
 * ```
 */
export function batchTag<Self, Options extends BatchOptions>(
  key: string,
  create: (options: Options) => Batcher,
  config: Config.Config<EffectOptions<Options>>,
): BatchTag<Self, Options> {
  checkEffectVersion();
  const tag = Context.GenericTag<Self, BatchService>(key);
  const made = <R>(options?: EffectOptions<Options, R>) => makeBatchService(create, options);
  const doors: Omit<BatchTag<Self, Options>, keyof Context.Tag<Self, BatchService>> = {
    layer: (options) => Layer.scoped(tag, made(options)),
    layerConfig: <R>(given?: Config.Config.Wrap<EffectOptions<Options, R>>) =>
      Layer.scoped(
        tag,
        Effect.flatMap(
          checked(
            [],
            given === undefined ? config : Config.unwrap<EffectOptions<Options, R>>(given),
            (options) => create(plainOptions(options)),
          ),
          (options) => made<R>(options),
        ),
      ),
    config,
    send: (operation) => Effect.flatMap(tag, (service) => service.send(operation)),
    request: (operation) => Effect.flatMap(tag, (service) => service.request(operation)),
    sendAll: (operations, options) =>
      Stream.unwrap(Effect.map(tag, (service) => service.sendAll(operations, options))),
  };
  return Object.assign(tag, doors);
}
