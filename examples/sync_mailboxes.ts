/**
 * Reads many mailboxes page by page, shows how far it is, and can be stopped: Ctrl-C lets what is under way come in, and the
 * next run goes on behind the last page that was kept of each mailbox.
 *
 *   npx tsx examples/sync_mailboxes.ts
 */
import { createGraphBatcher, fetchTransport, get, pages, progress } from "@rxbatch/rxbatch";
import { fakeGraph } from "@rxbatch/rxbatch/testing";
import { auditTime, from, lastValueFrom, mergeMap, takeWhile, tap } from "rxjs";
import process from "node:process";

interface Page {
  readonly value: readonly { readonly id: string }[];
  readonly "@odata.nextLink"?: string;
}

// In your program: no fake, and a credential of @azure/identity with `scopes`.
const people = Array.from({ length: 10 }, (_, at) => `person${at}@contoso.com`);
const graph = fakeGraph({
  mailboxes: Object.fromEntries(people.map((person) => [person, { messages: 45 }])),
});

/** Where each mailbox goes on; in your program a file or a table. */
const checkpoints = new Map<string, string | "done">();
const kept: string[] = [];

/** One run; once `isStopping` says so, the pages that are under way still come in, and no more are asked for. */
async function sync(isStopping: () => boolean): Promise<void> {
  await using batcher = createGraphBatcher({
    token: graph.token,
    transport: fetchTransport(graph.fetch),
  });
  batcher.events.pipe(progress(), auditTime(100)).subscribe(({ answered, perSecond }) =>
    console.log(`${answered} pages, ${Math.round(perSecond)} a second`)
  );
  const open = people.filter((person) => checkpoints.get(person) !== "done");
  const run$ = from(open).pipe(
    mergeMap((person) => {
      const first = checkpoints.get(person) ?? `users/${person}/messages?$select=id&$top=10`;
      return pages(batcher, get<Page>(first, { label: "messages" })).pipe(
        // First keep the page, then say so: a page that comes twice is better than one that is missing.
        tap(({ body }) => {
          kept.push(...body.value.map(({ id }) => id));
          checkpoints.set(person, body["@odata.nextLink"] ?? "done");
        }),
        takeWhile(() => !isStopping(), true),
      );
    }),
  );
  await lastValueFrom(run$, { defaultValue: undefined });
}

let isInterrupted = false;
process.once("SIGINT", () => isInterrupted = true);

// The first run is stopped as if Ctrl-C were pressed after the twelfth page.
await sync(() => kept.length >= 120);
console.log(`stopped with ${kept.length} messages, none of them lost`);
await sync(() => isInterrupted);
console.log(`${new Set(kept).size} messages, ${kept.length - new Set(kept).size} twice`);
