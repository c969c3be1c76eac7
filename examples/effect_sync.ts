/**
 * Reads all mail of several people page by page, and files it by sender: an Effect program with typed errors, a stream,
 * and a service that its layer closes.
 *
 * Run it with `npx tsx examples/effect_sync.ts` or `deno run -A examples/effect_sync.ts`: it talks to a fake Outlook. For
 * the real one, provide `OutlookBatch.layerConfig()` instead, which reads `OUTLOOK_TOKEN` from the environment.
 */
import { Chunk, Effect, Option, Redacted, Stream } from "effect3";
import { type BatchError, fetchTransport, get, patch } from "@rxbatch/rxbatch";
import { OutlookBatch } from "@rxbatch/rxbatch/effect3";
import { Collection, decode, encode, Message, unsaved } from "@rxbatch/rxbatch/schema";
import { fakeOutlook } from "@rxbatch/rxbatch/testing";

const page = decode(Collection(Message));
const change = encode(unsaved(Message));

/** All messages of one mailbox; the next page is asked for when somebody wants it, in one batch with those of others. */
function messagesOf(address: string): Stream.Stream<Message, BatchError, OutlookBatch> {
  const first = get("messages?$select=Subject,From,IsRead&$top=10", {
    context: `users('${address}')`,
    schema: page,
  });
  return Stream.paginateChunkEffect(
    first,
    (operation) =>
      Effect.map(OutlookBatch.send(operation), ({ body }) => {
        const next = Option.fromNullable(body["@odata.nextLink"]);
        return [
          Chunk.fromIterable(body.value),
          Option.map(next, (url) => get(url, { schema: page })),
        ];
      }),
  );
}

/** Marks everything unread as read; what has vanished meanwhile is none of our business. */
function readAll(address: string): Effect.Effect<number, BatchError, OutlookBatch> {
  return messagesOf(address).pipe(
    Stream.filter(({ IsRead }) => IsRead === false),
    Stream.mapEffect(
      ({ Id }) =>
        OutlookBatch.send(patch(`messages/${Id}`, { IsRead: true }, {
          context: `users('${address}')`,
          bodySchema: change,
        })).pipe(
          Effect.as(1),
          Effect.catchTag("ResponseError", (error) =>
            error.code === "ErrorItemNotFound" ? Effect.succeed(0) : Effect.fail(error)),
        ),
      { concurrency: 20, unordered: true },
    ),
    Stream.runSum,
  );
}

const people = ["ada@contoso.com", "grace@contoso.com", "rufus@contoso.com"];

const program = Effect.gen(function* () {
  const counts = yield* Effect.forEach(people, readAll, { concurrency: "unbounded" });
  for (const [index, count] of counts.entries()) {
    yield* Effect.sync(() => console.log(`${people[index]}: ${count} messages marked as read`));
  }
});

const outlook = fakeOutlook({
  mailboxes: Object.fromEntries(people.map((address) => [address, { messages: 25 }])),
});
const layer = OutlookBatch.layer({
  token: Redacted.make(outlook.token),
  transport: fetchTransport(outlook.fetch),
});

await Effect.runPromise(Effect.provide(program, layer));
console.log(`${outlook.ledger.entries.length} operations in ${outlook.posts} batches`);
