import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Collects garbage, until these are gone or enough rounds have shown that they stay. @returns how many are left */
export async function survivors(refs: readonly WeakRef<object>[]): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  let left = refs.length;
  for (let round = 0; round < 20 && left > 0; round++) {
    // A reference that was looked at is kept until the job ends.
    await new Promise((resolve) => setTimeout(resolve, 0));
    collect();
    left = refs.filter((ref) => ref.deref() !== undefined).length;
  }
  return left;
}
