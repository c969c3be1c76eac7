import type { Runtime } from "./child.ts";

/** The numbers that a child prints. */
export type Numbers = Readonly<Record<string, number>>;

/** One candidate on one case. */
export interface Measurement {
  readonly suite: string;
  readonly runtime: Runtime;
  readonly title: string;
  readonly candidate: string;
  readonly numbers: Numbers | undefined;
}

/** How a suite is run. */
export interface SuiteOptions {
  readonly rounds: number;
  readonly isQuick: boolean;
  /** Where the package lies that is measured. */
  readonly folder: string;
}

/** A number that is compared from commit to commit. */
export interface Rated {
  readonly number: string;
  /** The candidate whose number it is divided by, so that the machine does not count; without it, it counts as it is. */
  readonly to?: string;
}

/** What is measured together, and shown as one. */
export interface Suite {
  readonly title: string;
  measure(runtime: Runtime, options: SuiteOptions): Promise<Measurement[]>;
  table(measurements: readonly Measurement[]): string;
  readonly rated: readonly Rated[];
}
