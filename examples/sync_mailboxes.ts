/**
 * Reads many mailboxes page by page, shows how far it is, and can be stopped: Ctrl-C lets what is under way come in, and the
 * next run goes on behind the last page that was kept of each mailbox.
 *
 *   npx tsx examples/sync_mailboxes.ts pages.jsonl
 */
import { createGraphBatcher, fetchTransport, get, pages, progress } from "@rxbatch/rxbatch";
import { fakeGraph } from "@rxbatch/rxbatch/testing";
import { auditTime, from, lastValueFrom, mergeMap, takeWhile, tap } from "rxjs";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import process from "node:process";

interface Page {
  readonly value: readonly { readonly id: string }[];
  readonly "@odata.nextLink"?: string;
}

/** A page that is kept, and where its mailbox goes on: one line, so neither is ever there without the other. */
interface Kept {
  readonly person: string;
  readonly ids: readonly string[];
  readonly next: string | undefined;
}

// In your program: no fake, and a credential of @azure/identity with `scopes`.
const people = Array.from({ length: 10 }, (_, at) => `person${at}@contoso.com`);
const graph = fakeGraph({
  mailboxes: Object.fromEntries(
    people.map((person) => [person, { messages: 200 }]),
  ),
  latencyMs: 40,
});

const journal = process.argv[2] ?? "pages.jsonl";

function keptSoFar(): readonly Kept[] {
  if (!existsSync(journal)) return [];
  return readFileSync(journal, "utf8").split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Kept);
}

const before = keptSoFar();
const checkpoints = new Map(before.map(({ person, next }) => [person, next]));
console.log(`${before.length} pages were kept before`);

let isStopping = false;
// The second Ctrl-C ends the process as usual.
process.once("SIGINT", () => isStopping = true);

await using batcher = createGraphBatcher({
  token: graph.token,
  transport: fetchTransport(graph.fetch),
});
batcher.events.pipe(progress(), auditTime(100)).subscribe((
  { answered, perSecond },
) => console.log(`${answered} pages, ${Math.round(perSecond)} a second`));
const open = people.filter((person) => !checkpoints.has(person) || checkpoints.get(person));
const run$ = from(open).pipe(
  mergeMap((person) => {
    const first = checkpoints.get(person) ??
      `users/${person}/messages?$select=id&$top=10`;
    return pages(batcher, get<Page>(first, { label: "messages" })).pipe(
      tap(({ body }) => {
        const ids = body.value.map(({ id }) => id);
        const kept: Kept = { person, ids, next: body["@odata.nextLink"] };
        appendFileSync(journal, `${JSON.stringify(kept)}\n`);
      }),
      // What was asked for still comes in, and nothing more is asked for.
      takeWhile(() => !isStopping, true),
    );
  }),
);
await lastValueFrom(run$, { defaultValue: undefined });
const ids = keptSoFar().flatMap((kept) => kept.ids);
const twice = ids.length - new Set(ids).size;
console.log(
  `${isStopping ? "stopped" : "done"}: ${ids.length} messages, ${twice} twice`,
);
