/**
 * A whole service on effect 4: layers and configuration, requests through a cache, pages as a stream, typed errors. What it
 * is made of stands in `effect_service/digest.ts`; test/effect/examples.test.ts runs it by a TestClock.
 *
 * Run it with `npx tsx examples/effect_service.ts` or `deno run -A examples/effect_service.ts`: it talks to a fake Outlook.
 * For the real one, leave the ConfigProvider and the transport away, and set `OUTLOOK_TOKEN`.
 */
import { Config, ConfigProvider, Effect, Layer } from "effect";
import { fetchTransport } from "@rxbatch/rxbatch";
import { OutlookBatch } from "@rxbatch/rxbatch/effect";
import { fakeOutlook } from "@rxbatch/rxbatch/testing";
import { Digest, layer } from "./effect_service/digest.ts";

const people = ["ada@contoso.com", "grace@contoso.com", "rufus@contoso.com"];
const outlook = fakeOutlook({
  mailboxes: Object.fromEntries(people.map((address) => [address, { messages: 25 }])),
});

const program = Effect.gen(function* () {
  const digest = yield* Digest;
  const lines = yield* Effect.forEach(
    [...people, "nobody@contoso.com", people[0]!],
    (address) =>
      Effect.all([digest.unread(address), digest.senders(address, { atMost: 20 })], {
        concurrency: "unbounded",
      }).pipe(
        Effect.map(([unread, senders]) => `${address}: ${unread} unread, ${senders.size} senders`),
        Effect.catchTags({
          ResponseError: ({ status }) => Effect.succeed(`${address}: answered with ${status}`),
          BatchHttpError: ({ code }) => Effect.succeed(`${address}: no mailbox (${code})`),
        }),
      ),
    { concurrency: "unbounded" },
  );
  for (const line of lines) yield* Effect.sync(() => console.log(line));
});

const batches = OutlookBatch.layerConfig(
  Config.map(OutlookBatch.config, (options) => ({
    ...options,
    transport: fetchTransport(outlook.fetch),
  })),
);
const environment = ConfigProvider.fromUnknown({ OUTLOOK: { TOKEN: outlook.token } });
const live = layer.pipe(
  Layer.provide(batches),
  Layer.provide(ConfigProvider.layer(environment)),
);

await Effect.runPromise(Effect.provide(program, live));
console.log(`${outlook.ledger.entries.length} operations in ${outlook.posts} batches`);
