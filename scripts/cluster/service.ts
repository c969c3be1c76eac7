/** The fake of Graph in a process of its own, so that its ledger outlives whoever is killed. */
import process from "node:process";
import { fakeGraph } from "../../src/testing.ts";

/** What the service has seen of an operation. */
export type Seen = readonly [key: string, mailbox: string, ranCount: number, firstRanAt: number];

/** What it says when it is asked. */
export interface Report {
  readonly seen: readonly Seen[];
  readonly posts: number;
  readonly received: number;
}

/** How many mailboxes it has. */
export const MAILBOX_COUNT = 20;

/** The address of one. */
export const addressOf = (at: number): string => `user${at % MAILBOX_COUNT}@contoso.com`;

if (process.send !== undefined && process.argv[1]?.endsWith("service.ts")) await serve();

async function serve(): Promise<void> {
  const empty = { messages: 0, events: 0, contacts: 0 };
  const mailboxes = Object.fromEntries(
    Array.from({ length: MAILBOX_COUNT }, (_, at) => [addressOf(at), empty]),
  );
  const { calm = false } = JSON.parse(process.argv[2] ?? "{}") as { readonly calm?: boolean };
  const service = fakeGraph({
    mailboxes,
    faults: calm ? [] : [
      { name: "latency", ms: [10, 40] },
      // What was carried out is not answered at once: that is when a death does harm.
      { name: "drip", bytes: 500, everyMs: 10 },
      { name: "status", status: 429, on: "part", retryAfter: 0.05, probability: 0.01 },
    ],
  });
  const { baseUrl } = await service.listen();
  process.on("message", () => {
    const ran = new Map<string, { mailbox: string; count: number; at: number }>();
    service.ledger.entries.forEach(({ key, mailbox, carriedOut }, at) => {
      if (!carriedOut) return;
      const known = ran.get(key);
      if (known === undefined) ran.set(key, { mailbox, count: 1, at });
      else known.count++;
    });
    const seen: Seen[] = Array.from(
      ran,
      ([key, { mailbox, count, at }]) => [key, mailbox, count, at],
    );
    const sizes = service.ledger.batches.map(({ size }) => size);
    const received = sizes.reduce((sum, size) => sum + size, 0);
    const report: Report = { seen, posts: service.posts, received };
    process.send!(report);
  });
  process.once("disconnect", () => process.exit());
  process.send!({ baseUrl, token: service.token });
}
