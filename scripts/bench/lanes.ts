import process from "node:process";
import { from } from "rxjs";
import type { Operation } from "../../mod.ts";
import { loadCore } from "./built_package.ts";
import { shown } from "./table.ts";

/**
 * A million mailboxes with a few operations each, and a million ordering keys:
 * `npm run build && npm run bench:lanes -- [mailboxes] [operations each]`.
 */
const mailboxes = Number(process.argv[2] ?? 1_000_000);
const each = Number(process.argv[3] ?? 3);
const BUSY = "users('busy@contoso.com')";
const { batch, get } = await loadCore();
const { nullTransport, nullWire } = await import("./overhead/null_wire.ts");
const { Endpoint } = await import("./overhead/endpoint.ts");
const collect = (globalThis as { gc?: () => void }).gc!;

/** The wire without a network, with lanes. */
function laneWire() {
  return {
    ...nullWire(),
    contextOf: ({ context = "me" }: Operation) => ({
      key: context,
      name: context,
      url: "https://bench.example/$batch",
      authorization: undefined,
    }),
  };
}

function heapMb(): number {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

async function run(title: string, operations: readonly Operation[]) {
  const before = heapMb();
  const start = performance.now();
  let posts = 0;
  let waiting = 0;
  let busy = 0;
  /** How many of the busy mailbox were answered before anybody else was. */
  let busyFirst: number | undefined;
  const answer = nullTransport(new Endpoint(true));
  const transport: typeof answer = (request) => {
    // Four go at once; when there is a slot for the next, everything has been submitted.
    if (posts++ === 4) waiting = heapMb();
    return answer(request);
  };
  let answered = 0;
  await from(operations).pipe(batch(laneWire(), { transport })).forEach(({ operation }) => {
    answered++;
    if (operation.context === BUSY) busy++;
    else busyFirst ??= busy;
  });
  const seconds = (performance.now() - start) / 1000;
  if (answered !== operations.length) throw new Error(`${answered} were answered`);
  console.log(
    `${title}: ${operations.length.toLocaleString("en-US")} operations in ${shown(seconds)} s, ` +
      `${posts.toLocaleString("en-US")} POSTs, ` +
      `${shown((waiting - before) * 2 ** 20 / operations.length)} bytes each while all wait, ` +
      `${shown(heapMb() - before)} MB left afterwards` +
      (busy === 0
        ? ""
        : `; of the busy mailbox ${busyFirst} were answered before anybody else was`),
  );
}

{
  const busy = Array.from(
    { length: mailboxes },
    (_, at) => get(`messages/${at}`, { context: BUSY }),
  );
  const quiet = Array.from(
    { length: mailboxes * each },
    (_, at) => get(`messages/${at}`, { context: `users('user${at % mailboxes}@contoso.com')` }),
  );
  const title = `one busy mailbox, then ${mailboxes.toLocaleString("en-US")} quiet ones`;
  await run(title, busy.concat(quiet));
}
{
  const operations = Array.from(
    { length: mailboxes * each },
    // Joined: a string in pieces would be made one when it is looked up, and count as ours.
    (_, at) => get(`messages/${at}`, { orderingKey: ["conversation", at % mailboxes].join(" ") }),
  );
  await run(`${mailboxes.toLocaleString("en-US")} ordering keys`, operations);
}
