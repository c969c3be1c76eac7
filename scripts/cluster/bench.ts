/**
 * What the way through a cluster costs: operations a second and a POST, beside the plain batcher; and the latency of one
 * operation by itself.
 *
 * npm run bench:cluster [-- --operations 4000]
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { Layer } from "effect";
import { lastValueFrom } from "rxjs";
import { type Batcher, createGraphBatcher, fetchTransport, post } from "../../mod.ts";
import { clusterBatcher, embedded, mailboxLayer } from "../../src/cluster.ts";
import { fakeGraph } from "../../src/testing.ts";
import { clientOf } from "./fleet.ts";
import { startPostgres } from "./postgres.ts";
import { RunnerFleet, startScript } from "./processes.ts";
import { addressOf, type Report } from "./service.ts";

const { values } = parseArgs({ options: { operations: { type: "string", default: "4000" } } });
const OPERATIONS = Number(values.operations);
const SINGLES = 30;

/** What one way has come to. */
interface Row {
  readonly way: string;
  readonly "operations/s": number;
  readonly "operations/POST": number;
  readonly "one alone, median ms": number;
}

async function measured(
  way: string,
  batcher: Batcher,
  postsOf: () => Promise<number>,
): Promise<Row> {
  const operation = (at: number) => post(`users/${addressOf(at)}/messages`, { subject: `${at}` });
  await lastValueFrom(batcher.send(operation(0))); // everything is loaded, and the fleet is up
  const before = await postsOf();
  const startedAt = performance.now();
  const operations = Array.from({ length: OPERATIONS }, (_, at) => operation(at));
  for await (const { ok } of batcher.sendAll(operations)) {
    if (!ok) {
      throw new Error(`Cannot measure ${way} as all must be answered: current value is an error`);
    }
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const posts = await postsOf() - before;
  const alone: number[] = [];
  for (let at = 0; at < SINGLES; at++) {
    const sentAt = performance.now();
    await lastValueFrom(batcher.send(operation(at)));
    alone.push(performance.now() - sentAt);
  }
  await batcher.close();
  return {
    way,
    "operations/s": Math.round(OPERATIONS / seconds),
    "operations/POST": Math.round(10 * OPERATIONS / posts) / 10,
    "one alone, median ms": Math.round(10 * alone.sort((a, b) => a - b)[SINGLES / 2]!) / 10,
  };
}

/** In this process, before a fake without a socket. */
function inProcess(way: string, make: (options: GraphSetup) => Batcher): Promise<Row> {
  const empty = { messages: 0, events: 0, contacts: 0 };
  const service = fakeGraph({
    mailboxes: Object.fromEntries(Array.from({ length: 20 }, (_, at) => [addressOf(at), empty])),
  });
  const options = { token: service.token, transport: fetchTransport(service.fetch) };
  return measured(way, make(options), () => Promise.resolve(service.posts));
}

type GraphSetup = { readonly token: string; readonly transport: ReturnType<typeof fetchTransport> };

/** A fleet of processes before a service in another one. */
async function fleetRow(url: string, runners: number, isPersisted: boolean): Promise<Row> {
  const service = await startScript<{ baseUrl: string; token: string }>("service.ts", {
    calm: true,
  });
  const { baseUrl, token } = service.ready;
  const fleet = new RunnerFleet({ url, service: baseUrl, token, hasJournal: true });
  for (let count = 0; count < runners; count++) await fleet.add();
  const postsOf = () =>
    new Promise<number>((resolve) => {
      service.child.once("message", (report: Report) => resolve(report.posts));
      service.child.send("report");
    });
  const batcher = clusterBatcher({ layer: clientOf(url), persisted: isPersisted });
  const way = `${runners} runner${runners > 1 ? "s" : ""}, ${
    isPersisted ? "persisted" : "volatile"
  }`;
  try {
    return await measured(way, batcher, postsOf);
  } finally {
    await fleet.endAll();
    service.child.kill();
  }
}

const rows = [
  await inProcess("the plain batcher", createGraphBatcher),
  await inProcess("embedded, in memory", (options) =>
    clusterBatcher({
      layer: Layer.provideMerge(mailboxLayer({ create: createGraphBatcher, options }), embedded()),
    })),
];
const postgres = await startPostgres();
if (postgres === undefined) console.log("no PostgreSQL here: fleets are not measured");
else {
  try {
    for (const isPersisted of [false, true]) {
      for (const runners of [1, 2, 4]) {
        rows.push(await fleetRow(postgres.url, runners, isPersisted));
      }
    }
  } finally {
    await postgres.stop();
  }
}
console.table(rows);
process.exit();
