import process from "node:process";
import { pathToFileURL } from "node:url";

// One entry in a process of its own: prints how long importing it takes, beyond the packages that it shares. It is plain
// JavaScript, so that no loader stands between.
const [file, ...shared] = process.argv.slice(2);
for (const name of shared) await import(name);
const start = performance.now();
await import(pathToFileURL(file).href);
console.log(JSON.stringify({ importMs: performance.now() - start }));
process.exit(0);
