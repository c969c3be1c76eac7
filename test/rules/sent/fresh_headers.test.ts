import { config } from "rxjs";
import { afterEach, describe, expect, it } from "vitest";
import {
  type AnyOperation,
  atomic,
  createODataBatcher,
  del,
  fetchTransport,
  type ODataOptions,
  post,
  toPromise,
} from "../../../mod.ts";
import { fakeOData, type FakeODataOptions } from "../../../src/testing.ts";
import { okay, Rig, untimed } from "../../support/rig.ts";

/** A batcher before a service that takes an X-CSRF-Token for one batch, and then wants another. */
function guarded(service: FakeODataOptions = {}, options: Partial<ODataOptions> = {}) {
  const odata = fakeOData({ entitySets: { Orders: { items: 0 } }, csrfBatches: 1, ...service });
  const fetchToken = async () => {
    const { headers } = await odata.fetch(odata.baseUrl, {
      headers: { Authorization: `Bearer ${odata.token}`, "X-CSRF-Token": "Fetch" },
    });
    return headers.get("X-CSRF-Token") ?? "";
  };
  let token = "stale";
  const batcher = createODataBatcher({
    baseUrl: odata.baseUrl,
    token: odata.token,
    transport: fetchTransport(odata.fetch),
    concurrency: 1,
    headers: async (_context, { refresh }) => {
      if (refresh) token = await fetchToken();
      return { "X-CSRF-Token": token };
    },
    refreshOn: ({ status, headers }) => status === 403 && headers["x-csrf-token"] === "Required",
    ...options,
  });
  const send = (operation: AnyOperation) =>
    toPromise(batcher, operation).then(({ status }) => status, (error) => error);
  const statuses = () => odata.ledger.batches.map(({ status }) => status);
  return { odata, send, statuses };
}

const order = (name: string) =>
  post("Orders", { name }, { headers: { "client-request-id": name } });

afterEach(() => {
  config.onUnhandledError = null;
});

describe.each(["multipart", "json"] as const)("rule 23: fresh headers, in %s", (format) => {
  it("are asked for a group as for one operation, and it goes again whole", async () => {
    const { odata, send, statuses } = guarded({}, { format });
    const results = await Promise.all([
      send(atomic([order("a"), order("b")])),
      send(order("c")),
    ]);
    expect(results).toEqual([200, 201]);
    expect(statuses()).toEqual([403, 200]);
    expect(odata.items("Orders").map(({ name }) => name)).toEqual(["a", "b", "c"]);
    expect(["a", "b", "c"].map((name) => odata.ledger.carriedOut(name))).toEqual([1, 1, 1]);
  });

  it("are asked for again by a group that is refused for a second batch", async () => {
    const { odata, send, statuses } = guarded({}, { format });
    expect(await send(atomic([order("a")]))).toBe(200);
    expect(await send(atomic([order("b"), order("c")]))).toBe(200);
    expect(statuses()).toEqual([403, 200, 403, 200]);
    expect(odata.items("Orders")).toHaveLength(3);
  });

  it("are not asked for when refreshOn throws: the refusal is the answer", async () => {
    const broken = new Error("broken");
    const reported: unknown[] = [];
    config.onUnhandledError = (error) => reported.push(error);
    const { odata, send, statuses } = guarded({}, {
      format,
      refreshOn: () => {
        throw broken;
      },
    });
    const [group, single] = await Promise.all([
      send(atomic([order("a"), order("b")])),
      send(order("c")),
    ]);
    expect(group).toMatchObject({ _tag: "BatchHttpError", status: 403 });
    expect(single).toMatchObject({ _tag: "BatchHttpError", status: 403 });
    expect(statuses()).toEqual([403]);
    expect(odata.items("Orders")).toEqual([]);
    await expect.poll(() => reported).toContain(broken);
  });
});

it("rule 23: fresh headers are asked for what a stop kept from running", async () => {
  const { odata, send, statuses } = guarded({}, { continueOnError: false });
  const results = await Promise.all([
    send(del("Orders(99)")),
    send(order("a")),
    send(atomic([order("b"), order("c")])),
  ]);
  expect(results[0]).toMatchObject({ _tag: "ResponseError", status: 404 });
  expect(results.slice(1)).toEqual([201, 200]);
  // Refused, stopped after the first; refused again, carried out.
  expect(statuses()).toEqual([403, 200, 403, 200]);
  expect(["a", "b", "c"].map((name) => odata.ledger.carriedOut(name))).toEqual([1, 1, 1]);
});

it("rule 23: fresh headers cost those no attempt that a stop at the stale ones kept from running", () => {
  const asked: boolean[] = [];
  const rig = new Rig({
    retry: { maxRetries: 0 },
    headers: (_context, { refresh }) => {
      asked.push(refresh);
      return { digest: String(asked.length) };
    },
    refreshOn: ({ status }) => status === 403,
    wire: { order: "sequential" },
  });
  rig.answer = ({ number, urls }) =>
    rig.reply(number === 0 ? [{ index: 0, status: 403 }] : okay(urls));
  for (const url of ["a", "b", "c"]) rig.send(post(url));
  rig.run();
  expect(untimed(rig.told)).toEqual(["a 200", "b 200", "c 200"]);
  expect(rig.posts).toHaveLength(2);
  expect(asked).toEqual([false, true]);
});

it("rule 23: fresh headers are asked for again when another answer lies between", () => {
  const asked: boolean[] = [];
  const rig = new Rig({
    maxWaitMs: 0,
    retry: { baseDelayMs: 0, maxRetries: 2 },
    headers: (_context, { refresh }) => {
      asked.push(refresh);
      return { digest: String(asked.length) };
    },
    refreshOn: ({ status }) => status === 403,
  });
  const statuses = [403, 429, 403, 200];
  rig.answer = ({ number, urls }) =>
    statuses[number] === 403
      ? rig.reply("no", { status: 403 })
      : rig.reply(urls.map((body, index) => ({ index, status: statuses[number]!, body })));
  rig.send(post("a"));
  rig.run();
  expect(rig.told).toEqual(["@4 a 200"]);
  expect(asked).toEqual([false, true, false, true]);
});
