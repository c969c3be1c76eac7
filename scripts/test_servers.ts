/** The wires of the examples against a real server: Azurite, Microsoft's own emulator, started here and asked on loopback alone. */
import process from "node:process";
import { startAzurite } from "./servers/azurite.ts";
import { blobChecks } from "./servers/blobs.ts";
import { tableChecks } from "./servers/tables.ts";

const server = await startAzurite();
let failed = 0;
let passed = 0;
try {
  for (const [name, check] of Object.entries({ ...tableChecks(server), ...blobChecks(server) })) {
    try {
      await check();
      passed++;
      console.log(`ok ${name}`);
    } catch (error) {
      failed++;
      console.error(`failed ${name}`, error);
    }
  }
} finally {
  await server.stop();
}
console.log(`${passed} checks against Azurite passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
