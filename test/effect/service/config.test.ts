import { Config, ConfigProvider, Effect, Redacted } from "effect";
import { describe, expect, expectTypeOf, it } from "vitest";
import { createOutlookBatcher, type GraphOptions, type OutlookOptions } from "../../../mod.ts";
import {
  type GraphConfig,
  graphConfig,
  type ODataConfig,
  odataConfig,
  OutlookBatch,
  type OutlookConfig,
  outlookConfig,
  type ServiceConfig,
  serviceConfig,
} from "../../../src/effect.ts";
import { serviceNames } from "../../../src/options/names.ts";
import {
  UNWRITTEN,
  type UnwrittenName,
  variableOf,
  WRITTEN_SERVICE,
} from "../../../src/options/written.ts";
import type { ODataOptions } from "../../../src/wire/odata/options.ts";
import { common, dialects, faults, options, prefixed } from "../../support/configuration.ts";
import { textOf } from "../../support/sources.ts";

const read = <T>(config: Config.Config<T>, env: Readonly<Record<string, string>>) =>
  Effect.runPromise(Effect.result(Effect.provide(
    Effect.flatMap(Effect.void, () => config),
    ConfigProvider.layer(ConfigProvider.fromEnv({ env })),
  )));

describe("what text can say of options", () => {
  it("is every option of the core, but for what no text can say", () => {
    expect([...Object.keys(WRITTEN_SERVICE), ...UNWRITTEN].sort())
      .toEqual([...Object.keys(serviceNames()), "baseUrl"].sort());
    expectTypeOf<keyof OutlookConfig>().toEqualTypeOf<
      Exclude<keyof OutlookOptions, UnwrittenName>
    >();
    expectTypeOf<keyof GraphConfig>().toEqualTypeOf<
      Exclude<keyof GraphOptions, UnwrittenName | "laneOf">
    >();
    expectTypeOf<keyof ODataConfig>().toEqualTypeOf<Exclude<keyof ODataOptions, UnwrittenName>>();
    expectTypeOf<keyof ServiceConfig>().toEqualTypeOf<keyof typeof WRITTEN_SERVICE>();
  });

  it("stands in the guide, variable by variable", () => {
    const guide = textOf("docs/effect.md");
    const variables = [...Object.keys(common), "CONTINUE_ON_ERROR"];
    expect(variables.filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
    const written = Object.entries(WRITTEN_SERVICE).flatMap(([option, how]) =>
      typeof how === "object"
        ? Object.keys(how).map((member) => `${variableOf(option)}_${variableOf(member)}`)
        : variableOf(option)
    );
    expect(written.sort()).toEqual(variables.sort());
  });
});

describe("the configuration of each dialect", () => {
  it.each<[string, Config.Config<unknown>, Record<string, string>, Record<string, unknown>]>([
    ["Outlook", outlookConfig("A"), ...dialects.outlook],
    ["Graph", graphConfig("A"), ...dialects.graph],
    ["OData", odataConfig("A"), ...dialects.odata],
    ["a dialect of one's own", serviceConfig("A", () => {}), {}, {}],
  ])("of %s reads all of it", async (_, config, variables, own) => {
    expect(await read(config, prefixed("A", { ...common, ...variables })))
      .toMatchObject({ success: { ...options, token: Redacted.make("secret"), ...own } });
  });

  it("leaves what is not there to the default", async () => {
    expect(await read(outlookConfig("A"), { A_TOKEN: "secret" }))
      .toMatchObject({ success: { retry: undefined, pace: undefined, shareReads: undefined } });
    expect(await read(outlookConfig("A"), { A_TOKEN: "secret", A_RETRY_MAX_RETRIES: "0" }))
      .toMatchObject({ success: { retry: { maxRetries: 0 } } });
  });

  it.each(faults)("fails for %s, and names the variable", async (_, variables, named) => {
    const result = await read(outlookConfig("A"), { A_TOKEN: "very-secret", ...variables });
    expect(result).toMatchObject({ failure: { _tag: "ConfigError" } });
    const text = result._tag === "Failure" ? String(result.failure) : "";
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
    expect(error).toMatchObject({ _tag: "ConfigError" });
    expect(String(error)).toMatch(/Cannot use/);
    expect(String(error)).not.toContain("secret");
  });

  it("takes a check of the program's own dialect", async () => {
    const config = serviceConfig("A", createOutlookBatcher);
    const result = await read(config, { A_TOKEN: "a", A_MAX_BATCH_SIZE: "21" });
    expect(String(result._tag === "Failure" && result.failure)).toContain("A_MAX_BATCH_SIZE");
  });
});
