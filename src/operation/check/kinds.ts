import { kindOf } from "./kind.ts";

/** What an option must be, as messages say it, and whether a value is that. */
export type Kind = readonly [must: string, isRight: (value: unknown) => boolean];

/** One kind for each option; by the type of those options, so that none is forgotten. */
export type Kinds<Options> = { readonly [Name in keyof Options]-?: Kind };

/** On or off. */
export const FLAG: Kind = ["a boolean", (value) => typeof value === "boolean"];
/** Whatever it says. */
export const TEXT: Kind = ["a string", (value) => typeof value === "string"];
/** What is called. */
export const CALLABLE: Kind = ["a function", (value) => typeof value === "function"];

/** No less than this; `Infinity` is one, too. */
export const numberFrom = (least: number): Kind => [
  `a number from ${least}`,
  (value) => typeof value === "number" && value >= least,
];

/** One of these words. */
export const oneOf = (...words: readonly string[]): Kind => [
  words.map((word) => JSON.stringify(word)).join(" or "),
  (value) => words.includes(value as string),
];

/** What has these methods. */
export const having = (name: string, ...methods: readonly string[]): Kind => [
  name,
  (value) =>
    methods.every((method) => typeof (value as Record<string, unknown>)?.[method] === "function"),
];

/**
 * Checks that each option which is given is what it must be.
 *
 * @throws {RangeError} when a number is out of range
 * @throws {TypeError} when a value is of another kind, `null` included
 */
export function checkKinds(options: object, kinds: Readonly<Record<string, Kind>>): void {
  for (const [name, [must, isRight]] of Object.entries(kinds)) {
    const value: unknown = Reflect.get(options, name);
    if (value === undefined || isRight(value)) continue;
    const isNumber = typeof value === "number";
    const ErrorClass = isNumber ? RangeError : TypeError;
    throw new ErrorClass(
      `Cannot use option ${name} as it must be ${must}: current value is ${
        isNumber ? value : kindOf(value)
      }`,
    );
  }
}
