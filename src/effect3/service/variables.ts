import { Config, Redacted } from "effect3";
import { variableOf, type Written, type WrittenOptions } from "../../options/written.ts";

/** Throws for an option that is wrong; it is asked for each by itself, so that the error names the variable. */
export type Check = (options: Readonly<Record<string, unknown>>) => unknown;

/**
 * Reads options by their names, after a prefix.
 *
 * @param required options that must be there
 */
export function optionsConfig<Options>(
  prefix: string,
  written: WrittenOptions<Options>,
  required: readonly (keyof Options)[],
  check: Check,
): Config.Config<Options> {
  const configs = Object.entries<Written>(written as Readonly<Record<string, Written>>)
    .map(([option, how]) => {
      const read = typeof how === "object" && !isList(how)
        ? group(prefix, option, how, check)
        : checked(
          [`${prefix}_${variableOf(option)}`],
          one(variableOf(option), how),
          (value) =>
            check({ [option]: Redacted.isRedacted(value) ? Redacted.value(value) : value }),
        );
      const isRequired = required.some((name) => name === option);
      return [option, isRequired ? read : optional(read)] as const;
    });
  return Config.nested(Config.all(Object.fromEntries(configs)), prefix) as Config.Config<Options>;
}

/** An option that is wrong is an error of the configuration, which names it. */
export function checked<Value>(
  variables: readonly string[],
  config: Config.Config<Value>,
  check: (value: Value) => unknown,
): Config.Config<Value> {
  return Config.mapAttempt(config, (value) => {
    try {
      check(value);
    } catch (error) {
      if (variables.length === 0) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(
        `Cannot use ${
          variables.join(" and ")
        } as its option must take it: current value is refused (${reason})`,
      );
    }
    return value;
  });
}

/** An option that is an object has a variable for each member: `PACE_OPERATIONS` and `PACE_PER_MS`. */
function group(
  prefix: string,
  option: string,
  members: Readonly<Record<string, Written>>,
  check: Check,
): Config.Config<unknown> {
  const names = Object.keys(members).map((member) => `${variableOf(option)}_${variableOf(member)}`);
  const configs = Object.entries(members).map(([member, how], at) =>
    [member, optional(one(names[at]!, how))] as const
  );
  const given = Config.map(Config.all(Object.fromEntries(configs)), (values) => {
    const known = Object.entries(values).filter(([, value]) => value !== undefined);
    return known.length === 0 ? undefined : Object.fromEntries(known);
  });
  const variables = names.map((name) => `${prefix}_${name}`);
  return checked(variables, given, (value) => value === undefined || check({ [option]: value }));
}

function one(name: string, how: Written): Config.Config<unknown> {
  switch (how) {
    case "secret":
      return Config.redacted(name);
    case "whole":
      return Config.integer(name);
    case "number":
      return Config.number(name);
    case "flag":
      return Config.boolean(name);
    case "text":
      return Config.string(name);
    default:
      return isList(how) ? Config.literal(...how)(name) : Config.string(name);
  }
}

function isList(how: Written): how is readonly string[] {
  return Array.isArray(how);
}

function optional<Value>(config: Config.Config<Value>): Config.Config<Value | undefined> {
  return Config.withDefault(config, undefined);
}
