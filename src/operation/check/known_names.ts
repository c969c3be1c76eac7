import { kindOf } from "./kind.ts";

/** Every name that an object of options may have; by the type of those options, so that none is forgotten. */
export type KnownNames<Options> = Readonly<Record<keyof Options, true>>;

/**
 * The first name that nobody reads, as messages say it, with the one that was meant: a name that is not read is a promise
 * that is not kept.
 *
 * @param given options as the user gave them
 * @param known the names that are read
 * @param elsewhere names that are read in another place, which may be meant as well
 * @returns `undefined` when all are known
 */
export function unknownName(
  given: object,
  known: Readonly<Record<string, true>>,
  elsewhere: readonly string[] = [],
): string | undefined {
  for (const name in given) {
    if (Object.hasOwn(known, name)) continue;
    return `one with ${name.slice(0, 40)} (did you mean ${
      nearestOf(name, [...Object.keys(known), ...elsewhere])
    }?)`;
  }
  return undefined;
}

/**
 * Checks that options are an object in which every name is read by somebody.
 *
 * @param what whose they are, as messages say it
 * @param given as the user gave them
 * @param known the names that are read
 * @param elsewhere names that are read in another place, which may be meant as well
 * @throws {TypeError} when they are no object, or have a name that nobody reads
 */
export function checkKnownNames(
  what: string,
  given: object,
  known: Readonly<Record<string, true>>,
  elsewhere?: readonly string[],
): void {
  const value = typeof given !== "object" || given === null || Array.isArray(given)
    ? undefined
    : unknownName(given, known, elsewhere);
  if (value !== undefined) {
    throw new TypeError(
      `Cannot use ${what} as every name there must be a known one: current value is ${value}`,
    );
  }
  if (holdsNames(given)) return;
  throw new TypeError(
    `Cannot use ${what} as an object must hold them: current value is ${kindOf(given)}`,
  );
}

/** An array, a Map or a promise has none of the names that are read, and would pass for options without any. */
export function holdsNames(given: unknown): given is object {
  return /^an? (?:object|Module)$/.test(kindOf(given));
}

function nearestOf(name: string, known: readonly string[]): string {
  let nearest = "";
  let least = Infinity;
  for (const each of known) {
    const distance = distanceOf(name.toLowerCase(), each.toLowerCase());
    if (distance < least) [nearest, least] = [each, distance];
  }
  return nearest;
}

/** How many letters are wrong; letters that are only missing count little, as in `batchSize` for `maxBatchSize`. */
function distanceOf(name: string, known: string): number {
  const MISSING = 0.4;
  let row = Array.from({ length: known.length + 1 }, (_, at) => at * MISSING);
  for (const letter of name) {
    let before = Infinity;
    row = row.map((above, at) => {
      const replaced = (row[at - 1] ?? Infinity) + Number(letter !== known[at - 1]);
      return before = Math.min(replaced, above + 1, before + MISSING);
    });
  }
  return row[known.length]!;
}
