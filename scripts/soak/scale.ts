/**
 * Hands very many operations to one batcher at once, on a fake Outlook in the same process, and counts who was told what.
 *
 *   npm run scale -- --operations 200000
 */
import { createOutlookBatcher, fetchTransport, get } from "@rxbatch/rxbatch";
import { fakeOutlook } from "@rxbatch/rxbatch/testing";
import process from "node:process";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { operations: { type: "string", default: "200000" } } });
const operations = Number(values.operations);
const outlook = fakeOutlook();
const batcher = createOutlookBatcher({
  token: outlook.token,
  transport: fetchTransport(outlook.fetch),
});
const endings = new Uint8Array(operations);
let answered = 0;
const startedAtMs = performance.now();
for (let place = 0; place < operations; place++) {
  batcher.send(get(`messages?$top=1&$skip=${place % 20}&$select=Id`)).subscribe({
    next: () => answered++,
    error: () => endings[place]!++,
    complete: () => endings[place]!++,
  });
}
await batcher.close();

const settledOnce = endings.filter((count) => count === 1).length;
const seconds = (performance.now() - startedAtMs) / 1000;
console.log(
  `${operations} operations in ${outlook.posts} POSTs: ${settledOnce} settled once, ${answered} answered, ${
    seconds.toFixed(1)
  } s`,
);
if (settledOnce !== operations) process.exitCode = 1;
