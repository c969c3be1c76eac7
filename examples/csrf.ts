/** Writes to a service that wants a CSRF token, as SAP Gateway does; this one takes a token for three batches. */
import { createODataBatcher, fetchTransport, post, toPromise } from "../mod.ts";
import { fakeOData } from "../src/testing.ts";

/** In your program: the service. */
const service = fakeOData({
  entitySets: { Orders: { items: 0 } },
  version: "2.0",
  writes: "changeSet",
  csrfBatches: 3,
});

/** With the same cookies as the batches, where there are any. */
async function fetchToken(): Promise<string> {
  const answer = await service.fetch(service.baseUrl, {
    headers: { Authorization: `Bearer ${service.token}`, "X-CSRF-Token": "Fetch" },
  });
  return answer.headers.get("X-CSRF-Token") ?? "";
}

let token: string | undefined;
const batcher = createODataBatcher({
  baseUrl: service.baseUrl,
  token: service.token,
  writes: "changeSet",
  headers: async (_context, { refresh }) => {
    if (refresh || token === undefined) token = await fetchToken();
    return { "X-CSRF-Token": token };
  },
  refreshOn: ({ status, headers }) =>
    status === 403 && headers["x-csrf-token"]?.toLowerCase() === "required",
  maxBatchSize: 10,
  // Batches side by side could use a token up before its turn comes to one that was refused already.
  concurrency: 1,
  transport: fetchTransport(service.fetch),
});

const orders = Array.from({ length: 100 }, (_, at) => post("Orders", { number: at }));
const answers = await Promise.all(orders.map((order) => toPromise(batcher, order)));
await batcher.close();

const refused = service.ledger.batches.filter(({ status }) => status === 403).length;
console.log(
  `${answers.length} answers, ${service.items("Orders").length} orders, ${refused} refused batches`,
);
