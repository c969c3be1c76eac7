import { Config, Redacted } from "effect3";
import type { ServiceOptions } from "../../../mod.ts";
import { checkEffectVersion } from "../version.ts";

/** What can be read from the environment by every dialect that speaks HTTP to one service. */
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

/** Makes a batcher, or throws for an option that is wrong. */
type Create = (
  options: Partial<Omit<ServiceConfig, "token">> & { readonly token?: string },
) => unknown;

/**
 * Options by name: `OUTLOOK_TOKEN`, `OUTLOOK_MAX_WAIT_MS` and so on for the prefix `OUTLOOK`.
 *
 * @param prefix what the names begin with
 * @param create throws when an option is wrong: it is asked for each, so that the error names the variable
 * @returns the options
 */
export function serviceConfig(prefix: string, create: Create): Config.Config<ServiceConfig> {
  checkEffectVersion();
  const required = <A>(
    option: keyof ServiceConfig,
    read: (name: string) => Config.Config<A>,
    plain: (value: A) => unknown = (value) => value,
  ): Config.Config<A> => {
    // `maxWaitMs` is `MAX_WAIT_MS`
    const name = option.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    return Config.mapAttempt(read(name), (value) => {
      try {
        create({ [option]: plain(value) });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(
          `Cannot use ${prefix}_${name} as its option must take it: current value is refused (${reason})`,
        );
      }
      return value;
    });
  };
  const optional = <A>(
    option: keyof ServiceConfig,
    read: (name: string) => Config.Config<A>,
  ): Config.Config<A | undefined> => Config.withDefault(required(option, read), undefined);
  return Config.nested(prefix)(Config.all({
    token: required("token", (name) => Config.redacted(name), Redacted.value),
    baseUrl: optional("baseUrl", Config.string),
    maxBatchSize: optional("maxBatchSize", Config.integer),
    maxWaitMs: optional("maxWaitMs", Config.number),
    maxBatchBytes: optional("maxBatchBytes", Config.integer),
    concurrency: optional("concurrency", Config.integer),
    concurrencyPerContext: optional("concurrencyPerContext", Config.integer),
    timeoutMs: optional("timeoutMs", Config.number),
    maxResponseBytes: optional("maxResponseBytes", Config.integer),
    maxQueued: optional("maxQueued", Config.integer),
  }));
}
