/** The form of messages that this version of the package writes. */
export const WIRE_VERSION = 1;

/** Those that it reads: while a fleet is upgraded, old clients and new ones are answered each in the form they asked in. */
export const READ_VERSIONS: readonly number[] = [1];

/** Can this runner answer a message of that form? */
export function isReadable(version: number): boolean {
  return READ_VERSIONS.includes(version);
}
