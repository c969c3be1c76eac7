import { Config, type Redacted } from "effect3";
import type { ServiceOptions } from "../../mod.ts";
import { checkEffectVersion } from "./version.ts";

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

const optional = <A>(config: Config.Config<A>): Config.Config<A | undefined> =>
  Config.withDefault(config, undefined);

const service = (): Config.Config<ServiceConfig> =>
  Config.all({
    token: Config.redacted("TOKEN"),
    baseUrl: optional(Config.string("BASE_URL")),
    maxBatchSize: optional(Config.integer("MAX_BATCH_SIZE")),
    maxWaitMs: optional(Config.number("MAX_WAIT_MS")),
    maxBatchBytes: optional(Config.integer("MAX_BATCH_BYTES")),
    concurrency: optional(Config.integer("CONCURRENCY")),
    concurrencyPerContext: optional(Config.integer("CONCURRENCY_PER_CONTEXT")),
    timeoutMs: optional(Config.number("TIMEOUT_MS")),
    maxResponseBytes: optional(Config.integer("MAX_RESPONSE_BYTES")),
    maxQueued: optional(Config.integer("MAX_QUEUED")),
  });

/**
 * Options by name: `OUTLOOK_TOKEN`, `OUTLOOK_MAX_WAIT_MS` and so on for the prefix `OUTLOOK`.
 *
 * @param prefix what the names begin with
 * @param check throws when an option is wrong: it says so before anything is made
 * @returns the options
 */
export function serviceConfig(
  prefix: string,
  check: (options: Omit<ServiceConfig, "token">) => unknown,
): Config.Config<ServiceConfig> {
  checkEffectVersion();
  return Config.nested(prefix)(Config.mapAttempt(service(), (options) => {
    const { token: _, ...rest } = options;
    check(rest);
    return options;
  }));
}
