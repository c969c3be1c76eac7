import { Config, ConfigProvider, Effect, Redacted } from "effect";
import type { ServiceOptions } from "../../../mod.ts";
import { checkEffectVersion } from "../version.ts";

/**
 * What can be read from the environment by every dialect that speaks HTTP to one service.
 *
 * @since 0.2.0
 * @category models
 */
export interface ServiceConfig extends
  Pick<
    ServiceOptions,
    | "maxBatchSize"
    | "maxWaitMs"
    | "maxBatchBytes"
    | "concurrency"
    | "concurrencyPerContext"
    | "timeoutMs"
    | "maxResponseBytes"
    | "maxQueued"
  > {
  /** Where the service is. */
  readonly baseUrl?: string | undefined;
  /** Kept out of every log. */
  readonly token: Redacted.Redacted<string>;
}

/**
 * The same for a service of anybody's: it has to be named, and may ask for no token.
 *
 * @since 0.2.0
 * @category models
 */
export interface ODataConfig extends Omit<ServiceConfig, "baseUrl" | "token"> {
  /** Where the service is. */
  readonly baseUrl: string;
  /** Kept out of every log. */
  readonly token?: Redacted.Redacted<string> | undefined;
}

/**
 * Options by name, wherever Effect's ConfigProvider looks: `OUTLOOK_TOKEN`, `OUTLOOK_MAX_WAIT_MS` and so on in the
 * environment for the prefix `OUTLOOK`; in a tree, `TOKEN` and `MAX_WAIT_MS` of `OUTLOOK`. `TOKEN` alone must be there.
 *
 * @param prefix what the names begin with
 * @param create throws when an option is wrong: it is asked for each, so that the error names the variable
 * @returns the options
 *
 * @since 0.2.0
 * @category constructors
 */
export function serviceConfig(
  prefix: string,
  create: CreateByConfig,
): Config.Config<ServiceConfig> {
  checkEffectVersion();
  const names = new Names(prefix, create);
  const { token, baseUrl, ...common } = names.all();
  return names.nested({ token, baseUrl: optional(baseUrl), ...common });
}

/** The same where `BASE_URL` alone must be there. */
export function odataConfig(prefix: string, create: CreateByConfig): Config.Config<ODataConfig> {
  checkEffectVersion();
  const names = new Names(prefix, create);
  const { token, baseUrl, ...common } = names.all();
  return names.nested({ token: optional(token), baseUrl, ...common });
}

/**
 * Makes a batcher, or throws for an option that is wrong.
 *
 * @since 0.2.0
 * @category models
 */
export type CreateByConfig = (
  options: Partial<Omit<ServiceConfig, "token">> & { readonly token?: string },
) => unknown;

/** The names that begin with one prefix. */
class Names {
  readonly #prefix: string;
  readonly #create: CreateByConfig;

  constructor(prefix: string, create: CreateByConfig) {
    this.#prefix = prefix;
    this.#create = create;
  }

  all() {
    return {
      token: this.#read("token", Config.Redacted, Redacted.value),
      baseUrl: this.#read("baseUrl", Config.String),
      maxBatchSize: optional(this.#read("maxBatchSize", Config.Int)),
      maxWaitMs: optional(this.#read("maxWaitMs", Config.Finite)),
      maxBatchBytes: optional(this.#read("maxBatchBytes", Config.Int)),
      concurrency: optional(this.#read("concurrency", Config.Int)),
      concurrencyPerContext: optional(this.#read("concurrencyPerContext", Config.Int)),
      timeoutMs: optional(this.#read("timeoutMs", Config.Finite)),
      maxResponseBytes: optional(this.#read("maxResponseBytes", Config.Int)),
      maxQueued: optional(this.#read("maxQueued", Config.Int)),
    };
  }

  nested<T>(options: { readonly [Name in keyof T]: Config.Config<T[Name]> }): Config.Config<T> {
    return Config.nested(Config.all(options), this.#prefix) as Config.Config<T>;
  }

  #read<Value>(
    option: keyof ServiceConfig,
    read: (name: string) => Config.Config<Value>,
    plain: (value: Value) => unknown = (value) => value,
  ): Config.Config<Value> {
    // `maxWaitMs` is `MAX_WAIT_MS`
    const name = option.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    return Config.mapEffect(read(name), (value) =>
      Effect.try({
        try: () => {
          this.#create({ [option]: plain(value) });
          return value;
        },
        catch: (error) => refusal(`${this.#prefix}_${name}`, error),
      }));
  }
}

function optional<Value>(config: Config.Config<Value>): Config.Config<Value | undefined> {
  return Config.withDefault(config, undefined);
}

function refusal(name: string, error: unknown): Config.ConfigError {
  const message = error instanceof Error ? error.message : String(error);
  return new Config.ConfigError(
    new ConfigProvider.SourceError({ message: `${name}: ${message}`, cause: error }),
  );
}
