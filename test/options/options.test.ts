import { describe, expect, it } from "vitest";
import { batch, type BatchOptions, createBatcher } from "../../mod.ts";
import { checkedSettings } from "../../src/options/settings.ts";
import { plainWire } from "../support/plain_wire.ts";

const wire = plainWire();
const transport = () => () => [];
const settingsOf = (options: BatchOptions = {}) => checkedSettings(options, wire, { transport });

/** Both doors refuse alike. */
function refusal(options: unknown): Error {
  const errors = [createBatcher, batch].map((door) => {
    try {
      door(wire, options as BatchOptions);
    } catch (error) {
      return error as Error;
    }
    throw new Error("it was not refused");
  });
  expect(errors[0]).toEqual(errors[1]);
  return errors[0]!;
}

describe("options", () => {
  it("have the defaults of the table", () => {
    expect(settingsOf()).toMatchObject({
      token: undefined,
      maxBatchSize: 20,
      maxWaitMs: 10,
      maxBatchBytes: 4 * 1024 * 1024,
      concurrency: 4,
      concurrencyPerContext: 4,
      continueOnError: true,
      timeoutMs: 100_000,
      maxResponseBytes: 128 * 1024 * 1024,
      abortUnsafe: false,
      maxQueued: Infinity,
      signal: undefined,
    });
    expect(settingsOf().retry).toEqual({
      isOn: true,
      maxRetries: 3,
      baseDelayMs: 500,
      maxDelayMs: 30_000,
      maxTotalMs: 120_000,
      refusedStatuses: new Set([401, 408, 413, 424, 429]),
    });
  });

  it("may be undefined, one by one, and are frozen", () => {
    const names = Object.keys(settingsOf());
    const options = Object.fromEntries(names.map((name) => [name, undefined]));
    expect(settingsOf(options)).toEqual(settingsOf());
    expect(Object.isFrozen(settingsOf())).toBe(true);
    expect(Object.isFrozen(settingsOf().retry)).toBe(true);
  });

  it("are read once: what is changed later does not count", () => {
    const refusedStatuses = [429];
    const settings = settingsOf({ retry: { refusedStatuses } });
    refusedStatuses.push(503);
    expect(settings.retry.refusedStatuses).toEqual(new Set([429]));
  });

  it.each([
    ["maxBatchSize", [0, 21, 1.5, NaN, Infinity, -1]],
    ["maxWaitMs", [-1, NaN, Infinity, 2 ** 31]],
    ["maxBatchBytes", [0, 1.5, NaN, Infinity]],
    ["concurrency", [0, 1.5, NaN, Infinity]],
    ["concurrencyPerContext", [0, 1.5, NaN, Infinity]],
    ["timeoutMs", [0, -1, NaN, Infinity, 2 ** 31]],
    ["maxResponseBytes", [0, 1.5, NaN]],
    ["maxQueued", [0, 1.5, NaN, -Infinity]],
  ])("%s out of range is a RangeError that says the value: %j", (name, values) => {
    for (const value of values) {
      const error = refusal({ [name]: value });
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toMatch(new RegExp(`^Cannot use option ${name} as .+ is ${value}$`));
    }
  });

  it.each([
    ["maxRetries", [-1, 1.5, NaN, Infinity]],
    ["baseDelayMs", [-1, NaN, Infinity]],
    ["maxDelayMs", [-1, NaN, Infinity]],
    ["maxTotalMs", [-1, NaN, Infinity]],
    ["refusedStatuses", [[200], [600], [400.5]]],
  ])("retry.%s out of range is a RangeError: %j", (name, values) => {
    for (const value of values) {
      expect(refusal({ retry: { [name]: value } })).toBeInstanceOf(RangeError);
    }
  });

  it.each([
    ["token", 7],
    ["token", null],
    ["token", ""],
    ["token", "a\r\nb"],
    ["maxBatchSize", "20"],
    ["maxWaitMs", null],
    ["continueOnError", "yes"],
    ["abortUnsafe", 1],
    ["retry", true],
    ["retry", 3],
    ["retry", null],
    ["retry", { refusedStatuses: 429 }],
    ["retry", { maxRetries: "3" }],
    ["events", () => {}],
    ["events", null],
    ["transport", {}],
    ["transport", "fetch"],
    ["scheduler", {}],
    ["signal", {}],
    ["signal", null],
  ])("%s of the wrong type is a TypeError: %j", (name, value) => {
    const error = refusal({ [name]: value });
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/^Cannot use option \S+ as .+: current value is .+$/);
  });

  it("never say the token that they refuse", () => {
    expect(refusal({ token: "sesame\n" }).message).not.toContain("sesame");
  });

  it.each([null, 7, "options"])("must be an object, not %j", (options) => {
    expect(refusal(options)).toBeInstanceOf(TypeError);
  });
});
