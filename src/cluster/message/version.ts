import { Context } from "effect";

/** The form of messages that this version of the package writes. */
export const WIRE_VERSION = 1;

/**
 * Those that it reads: while a fleet is upgraded, old clients and new ones are answered each in the form they asked in. A
 * reference, so that a test can be a runner of another version.
 */
export const ReadVersions: Context.Reference<readonly number[]> = Context.Reference<
  readonly number[]
>(
  "@rxbatch/rxbatch/cluster/ReadVersions",
  { defaultValue: () => [WIRE_VERSION] },
);
