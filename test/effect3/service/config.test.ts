import { Config, ConfigProvider, Effect, Layer, Redacted } from "effect3";
import { describe, expect, it } from "vitest";
import { createOutlookBatcher } from "../../../mod.ts";
import {
  graphConfig,
  odataConfig,
  OutlookBatch,
  outlookConfig,
  serviceConfig,
} from "../../../src/effect3.ts";
import { common, dialects, faults, options, prefixed } from "../../support/configuration.ts";

const from = (env: Readonly<Record<string, string>>) =>
  Layer.setConfigProvider(
    ConfigProvider.fromMap(new Map(Object.entries(env)), { pathDelim: "_" }),
  );

const read = <T>(config: Config.Config<T>, env: Readonly<Record<string, string>>) =>
  Effect.runPromise(
    Effect.either(Effect.provide(Effect.flatMap(Effect.void, () => config), from(env))),
  );

describe("the configuration of each dialect", () => {
  it.each<[string, Config.Config<unknown>, Record<string, string>, Record<string, unknown>]>([
    ["Outlook", outlookConfig("A"), ...dialects.outlook],
    ["Graph", graphConfig("A"), ...dialects.graph],
    ["OData", odataConfig("A"), ...dialects.odata],
    ["a dialect of one's own", serviceConfig("A", () => {}), {}, {}],
  ])("of %s reads all of it", async (_, config, variables, own) => {
    expect(await read(config, prefixed("A", { ...common, ...variables })))
      .toMatchObject({ right: { ...options, token: Redacted.make("secret"), ...own } });
  });

  it("leaves what is not there to the default", async () => {
    expect(await read(outlookConfig("A"), { A_TOKEN: "secret" }))
      .toMatchObject({ right: { retry: undefined, pace: undefined, shareReads: undefined } });
    expect(await read(outlookConfig("A"), { A_TOKEN: "secret", A_RETRY_MAX_RETRIES: "0" }))
      .toMatchObject({ right: { retry: { maxRetries: 0 } } });
  });

  it.each(faults)("fails for %s, and names the variable", async (_, variables, named) => {
    const result = await read(outlookConfig("A"), { A_TOKEN: "very-secret", ...variables });
    expect(result).toMatchObject({ left: { _op: "InvalidData" } });
    const text = String(result);
    expect(text).toContain(named);
    expect(text).not.toContain("secret");
  });
});

describe("layerConfig", () => {
  it.each([
    ["a malformed token", { token: Config.succeed(Redacted.make("very\nsecret")) }],
    ["a number out of range", { maxBatchSize: Config.succeed(21) }],
    ["what does not go together", { pace: { operations: Config.succeed(1) } as never }],
  ])("fails for %s in Configs of the program's own, too", async (_, given) => {
    const layer = OutlookBatch.layerConfig(given);
    const error = await Effect.runPromise(Effect.flip(Effect.provide(OutlookBatch, layer)));
    expect(error).toMatchObject({ _op: "InvalidData" });
    expect(String(error)).toMatch(/Cannot use/);
    expect(String(error)).not.toContain("secret");
  });

  it("takes a check of the program's own dialect", async () => {
    const config = serviceConfig("A", createOutlookBatcher);
    const result = await read(config, { A_TOKEN: "a", A_MAX_BATCH_SIZE: "21" });
    expect(String(result)).toContain("A_MAX_BATCH_SIZE");
  });
});
