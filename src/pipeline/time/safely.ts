import { report } from "./report.ts";

/**
 * Tells code of somebody else's that nobody waits any more. What it throws is reported the way RxJS reports what nobody
 * handles, and changes nothing here: a slot must come free whatever a transport does when it is left.
 */
export function safely(tell: () => void): void {
  try {
    tell();
  } catch (cause) {
    report(cause);
  }
}
