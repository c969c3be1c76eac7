import type { Config, Redacted } from "effect";
import {
  createGraphBatcher,
  createODataBatcher,
  createOutlookBatcher,
  type GraphOptions,
  type ODataOptions,
  type OutlookOptions,
  type RetryOptions,
  type ServiceOptions,
} from "../../../mod.ts";
import { WRITTEN_SERVICE } from "../../options/written.ts";
import { type Check, optionsConfig } from "./variables.ts";
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
    | "linkBase"
    | "maxBatchSize"
    | "maxWaitMs"
    | "maxBatchBytes"
    | "concurrency"
    | "concurrencyPerContext"
    | "continueOnError"
    | "pace"
    | "shareReads"
    | "timeoutMs"
    | "maxResponseBytes"
    | "maxPartHeaderBytes"
    | "maxParts"
    | "maxNestingDepth"
    | "abortUnsafe"
    | "maxQueued"
  > {
  /** Where the service is. */
  readonly baseUrl?: string | undefined;
  /** Kept out of every log. */
  readonly token: Redacted.Redacted<string>;
  /** When and how often to try again. */
  readonly retry?: Omit<RetryOptions, "refusedStatuses"> | undefined;
}

/**
 * The same for Outlook.
 *
 * @since 0.2.0
 * @category models
 */
export interface OutlookConfig
  extends ServiceConfig, Pick<OutlookOptions, "anchorMailbox" | "contentLength"> {}

/**
 * The same for Graph.
 *
 * @since 0.2.0
 * @category models
 */
export interface GraphConfig
  extends Omit<ServiceConfig, "continueOnError">, Pick<GraphOptions, "mixContexts"> {}

/**
 * The same for a service of anybody's: it has to be named, and may ask for no token.
 *
 * @since 0.2.0
 * @category models
 */
export interface ODataConfig
  extends
    Omit<ServiceConfig, "baseUrl" | "token">,
    Pick<ODataOptions, "format" | "writes" | "rollsBack" | "changeSetsPerBatch" | "contentLength"> {
  /** Where the service is. */
  readonly baseUrl: string;
  /** Kept out of every log. */
  readonly token?: Redacted.Redacted<string> | undefined;
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

/**
 * Options by name, wherever Effect's ConfigProvider looks: `CONTOSO_TOKEN`, `CONTOSO_MAX_WAIT_MS` and so on in the
 * environment for the prefix `CONTOSO`; in a tree, `TOKEN` and `MAX_WAIT_MS` of `CONTOSO`. `TOKEN` alone must be there.
 *
 * It is for dialects of your own; those of this package have {@link outlookConfig}, {@link graphConfig} and
 * {@link odataConfig}.
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
  return optionsConfig<ServiceConfig>(prefix, WRITTEN_SERVICE, ["token"], create as Check);
}

/**
 * The options of Outlook by name, for a second tenant; see {@link serviceConfig}.
 *
 * @param prefix what the names begin with
 * @returns the options
 *
 * @since 0.2.0
 * @category constructors
 */
export function outlookConfig(prefix: string): Config.Config<OutlookConfig> {
  checkEffectVersion();
  const written = { ...WRITTEN_SERVICE, anchorMailbox: "text", contentLength: "flag" } as const;
  return optionsConfig<OutlookConfig>(prefix, written, ["token"], createOutlookBatcher);
}

/**
 * The options of Graph by name, for a second tenant; see {@link serviceConfig}.
 *
 * @param prefix what the names begin with
 * @returns the options
 *
 * @since 0.2.0
 * @category constructors
 */
export function graphConfig(prefix: string): Config.Config<GraphConfig> {
  checkEffectVersion();
  const { continueOnError: _, ...common } = WRITTEN_SERVICE;
  const written = { ...common, mixContexts: "flag" } as const;
  return optionsConfig<GraphConfig>(prefix, written, ["token"], createGraphBatcher);
}

/**
 * The options of an OData service by name; see {@link serviceConfig}. `BASE_URL` alone must be there.
 *
 * @param prefix what the names begin with
 * @returns the options
 *
 * @since 0.2.0
 * @category constructors
 */
export function odataConfig(prefix: string): Config.Config<ODataConfig> {
  checkEffectVersion();
  return optionsConfig<ODataConfig>(
    prefix,
    {
      ...WRITTEN_SERVICE,
      format: ["multipart", "json"],
      writes: ["single", "changeSet"],
      rollsBack: "flag",
      changeSetsPerBatch: "whole",
      contentLength: "flag",
    },
    ["baseUrl"],
    (options) => createODataBatcher({ baseUrl: "https://localhost/", ...options }),
  );
}
