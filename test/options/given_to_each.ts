import { describe, expect, it } from "vitest";

/** The message of what was thrown at once: an error in our words. */
export function refusalOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    expect(String(error)).toMatch(/^(?:Type|Range)Error: Cannot .+ as .+: current value is .+$/s);
    return (error as Error).message;
  }
  throw new Error("it was not refused");
}

/** Where options are given, and the name of each. */
export type Door = readonly [
  name: string,
  door: (options: never) => unknown,
  names: readonly string[],
  required?: readonly string[],
];

/** What holds no options, and what it is called. */
const NO_OPTIONS = [
  ["null", null],
  ["an array", []],
  ["a Promise", Promise.resolve({})],
  ["a Map", new Map()],
  ["a number", 5],
] as const;

/** Whatever the door, and whatever the option: what cannot be meant is refused in words, and at once. */
export function givenToEach(title: string, doors: readonly Door[]): void {
  describe.each(doors.map((door) => [door[0], door] as const))(`${title} %s`, (_name, given) => {
    const [, door, names, required = []] = given;
    const give = (options: unknown) => () => door(options as never);

    it.each(NO_OPTIONS)("are not %s", (kind, given) => {
      expect(refusalOf(give(given))).toMatch(new RegExp(`current value is ${kind}$`));
    });

    it("have no name that nobody reads, and the nearest one is named", () => {
      expect(refusalOf(give({ zz: 1 }))).toMatch(/one with zz \(did you mean .+\?\)$/);
    });

    it.each(names)("%s: null is not its default, nor is a symbol", (option) => {
      for (const value of [null, Symbol("s")]) {
        expect(refusalOf(give({ [option]: value }))).toContain(option);
      }
    });

    it.each(names.filter((option) => !required.includes(option)))(
      "%s: undefined is as good as none",
      (option) => {
        expect(give({ [option]: undefined })).not.toThrow();
      },
    );

    it.each(names.filter((option) => !LISTS.has(option)))(
      "%s: an array is no value",
      (option) => {
        expect(refusalOf(give({ [option]: [] }))).toContain(option);
      },
    );
  });
}

/** Those that may be arrays. */
const LISTS: ReadonlySet<string> = new Set(["faults", "script"]);
