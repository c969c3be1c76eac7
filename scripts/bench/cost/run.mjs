import process from "node:process";
import { pathToFileURL } from "node:url";

// One entry in a process of its own: prints how long importing it takes, beyond a module that imports what it shares. It is
// plain JavaScript, so that no loader stands between.
const [shared, file] = process.argv.slice(2);
await import(pathToFileURL(shared).href);
const start = performance.now();
await import(pathToFileURL(file).href);
console.log(JSON.stringify({ importMs: performance.now() - start }));
process.exit(0);
