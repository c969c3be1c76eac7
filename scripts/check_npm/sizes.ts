import { sizeOf, STORED_SIZES } from "../package/size.ts";
import { packageName, type Workshop } from "../package/workshop.ts";

/** How far a size may grow until somebody has to look at it, and store the new one. */
const TOLERANCE = 1.05;

/** What the names of the core cost those who import them, and not the others. */
export async function checkSizes(workshop: Workshop, core: string): Promise<void> {
  for (const [names, stored] of Object.entries(STORED_SIZES)) {
    const { gzipped } = await sizeOf(names, packageName, core);
    const most = Math.floor(stored * TOLERANCE);
    workshop.check(`a bundle of ${names} has ${gzipped} octets, at most ${most}`, () => {
      if (gzipped > most) throw new Error(`sizes.json says ${stored}`);
    });
  }
}
