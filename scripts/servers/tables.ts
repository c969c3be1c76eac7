import { deepEqual, equal, ok } from "node:assert/strict";
import {
  atomic,
  type Batcher,
  createBatcher,
  del,
  merge,
  post,
  ResponseError,
  toPromise,
} from "@rxbatch/rxbatch";
import { azureTablesWire } from "../../examples/azure_tables.ts";
import type { Azurite } from "./azurite.ts";

interface Entity {
  readonly PartitionKey: string;
  readonly RowKey: string;
  readonly Count: number;
  readonly "odata.etag": string;
}

const TABLE = "Orders";

/** What must hold of Azure Tables, in order: each goes on with what the one before left. */
export function tableChecks(server: Azurite): Readonly<Record<string, () => Promise<void>>> {
  const table = `${server.tables}${TABLE}`;
  const batcher = createBatcher(azureTablesWire({ url: server.tables, sas: server.sas }));
  const entity = (partition: string, row: number, count = row) =>
    post(table, { PartitionKey: partition, RowKey: String(row).padStart(3, "0"), Count: count });
  const at = (partition: string, row: number) =>
    `${table}(PartitionKey='${partition}',RowKey='${String(row).padStart(3, "0")}')`;
  const held = (partition: string) => entitiesOf(server, partition);

  return {
    "250 inserts in change sets of 100 are all there": async () => {
      await createTable(server);
      const rows = Array.from({ length: 250 }, (_, row) => row);
      const posts = countPosts(batcher);
      const answers = await Promise.all(
        [0, 100, 200].map((from) =>
          toPromise(batcher, atomic(rows.slice(from, from + 100).map((row) => entity("a", row))))
        ),
      );
      const told = answers.flatMap(({ body }) => body.map(({ status }) => status));
      equal(told.length, 250);
      ok(told.every((status) => status === 201 || status === 204), `${new Set(told)}`);
      deepEqual((await held("a")).map(({ Count }) => Count), rows);
      equal(posts(), 3);
    },

    "a member that fails rolls all back, and each is told": async () => {
      const error = await failure(
        batcher,
        atomic([entity("b", 1), entity("b", 2), entity("b", 1), entity("b", 3)]),
      );
      ok(error instanceof ResponseError);
      deepEqual(await held("b"), []);
      equal(error.members?.length, 4);
      ok(error.members.every(({ certain }) => certain));
    },

    "a create of what is there is told as 409, and changes nothing": async () => {
      const error = await failure(batcher, atomic([entity("a", 1_000), entity("a", 7, -1)]));
      equal(error instanceof ResponseError && error.response?.status, 409);
      equal((await held("a")).length, 250);
      const alone = await failure(batcher, entity("a", 7, -1));
      equal(alone instanceof ResponseError && alone.response?.status, 409);
      equal((await held("a"))[7]?.Count, 7);
    },

    "merge and delete by ETag: the right one passes, a stale one is told as 412": async () => {
      const before = await held("a");
      const match = (row: number) => ({ headers: { "If-Match": before[row]!["odata.etag"] } });
      await toPromise(
        batcher,
        atomic([
          merge(at("a", 1), { Count: -1 }, match(1)),
          del(at("a", 2), match(2)),
        ]),
      );
      const after = await held("a");
      equal(after.length, 249);
      equal(after.find(({ RowKey }) => RowKey === "001")?.Count, -1);
      const error = await failure(
        batcher,
        atomic([
          merge(at("a", 3), { Count: -3 }, match(3)),
          merge(at("a", 1), { Count: -2 }, match(1)),
        ]),
      );
      equal(error instanceof ResponseError && error.response?.status, 412);
      deepEqual(await held("a"), after);
    },

    "partitions go side by side, each in batches of its own": async () => {
      const posts = countPosts(batcher);
      const groups = ["c", "d"].map((partition) =>
        atomic([entity(partition, 1), entity(partition, 2)])
      );
      await Promise.all(groups.map((group) => toPromise(batcher, group)));
      equal(posts(), 2);
      for (const partition of ["c", "d"]) equal((await held(partition)).length, 2);
      await batcher.close();
    },
  };
}

async function failure(batcher: Batcher, operation: Parameters<Batcher["send"]>[0]) {
  try {
    await toPromise(batcher, operation);
  } catch (error) {
    return error;
  }
  throw new Error("it succeeded");
}

/** How many POSTs have ended since. */
function countPosts({ events }: Batcher): () => number {
  let posts = 0;
  events.subscribe(({ type }) => {
    if (type === "sent") posts++;
  });
  return () => posts;
}

async function createTable(server: Azurite): Promise<void> {
  const answer = await fetch(`${server.tables}Tables?${server.sas}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept": "application/json" },
    body: JSON.stringify({ TableName: TABLE }),
  });
  equal(answer.status, 201);
}

/** Asked without a batch: what the server holds is the witness. */
async function entitiesOf(server: Azurite, partition: string): Promise<readonly Entity[]> {
  const filter = encodeURIComponent(`PartitionKey eq '${partition}'`);
  const answer = await fetch(`${server.tables}${TABLE}()?$filter=${filter}&${server.sas}`, {
    headers: { Accept: "application/json;odata=fullmetadata" },
  });
  equal(answer.status, 200);
  const { value } = await answer.json() as { readonly value: readonly Entity[] };
  return [...value].sort((one, other) => one.RowKey < other.RowKey ? -1 : 1);
}
