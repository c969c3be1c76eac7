/** Writes to a service that wants a CSRF token, as SAP Gateway does; this one takes a token for three batches. */
import { createODataBatcher, fetchTransport, post, toPromise } from "../mod.ts";

const baseUrl = "https://erp.example.com/sap/opu/odata/sap/ORDERS/";

/** The service: what it has issued, what it has taken, and how often it said no. */
const service = { issued: 0, taken: 0, refused: 0, orders: 0 };

/** In your program: fetch. */
const send: typeof fetch = async (_url, init) => {
  const request = new Request(baseUrl, init);
  const token = request.headers.get("X-CSRF-Token");
  if (token === "Fetch") {
    return new Response(null, { headers: { "X-CSRF-Token": `token-${service.issued}` } });
  }
  if (token !== `token-${service.issued}`) {
    service.refused++;
    return new Response("CSRF token validation failed", {
      status: 403,
      headers: { "X-CSRF-Token": "Required" },
    });
  }
  if (++service.taken % 3 === 0) service.issued++;
  const batch = await request.text();
  // Each part brings the token as well: OData hands no header of the batch on.
  const writes = [...batch.matchAll(/^x-csrf-token: token-\d+\r$/gim)];
  service.orders += writes.length;
  const parts = writes.map((_, at) =>
    [
      "--answer",
      "Content-Type: application/http",
      `Content-ID: ${at + 1}`,
      "",
      "HTTP/1.1 204 No Content",
      "",
      "",
    ].join("\r\n")
  );
  return new Response(`${parts.join("\r\n")}\r\n--answer--\r\n`, {
    headers: { "Content-Type": "multipart/mixed; boundary=answer" },
  });
};

async function fetchToken(): Promise<string> {
  const answer = await send(baseUrl, { method: "GET", headers: { "X-CSRF-Token": "Fetch" } });
  return answer.headers.get("X-CSRF-Token") ?? "";
}

let token: string | undefined;
const batcher = createODataBatcher({
  baseUrl,
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
  transport: fetchTransport(send),
});

const orders = Array.from({ length: 100 }, (_, at) => post("Orders", { number: at }));
const answers = await Promise.all(orders.map((order) => toPromise(batcher, order)));
await batcher.close();

console.log(
  `${answers.length} answers, ${service.orders} orders, ${service.refused} refused batches`,
);
