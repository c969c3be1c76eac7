/**
 * Typed bodies, in and out: what the server answers is checked and decoded, and what it is sent is checked and encoded
 * before anything leaves.
 *
 * Run it with `npx tsx examples/schema_typed.ts` or `deno run -A examples/schema_typed.ts`: it talks to a fake Outlook.
 */
import { Schema } from "@effect/schema";
import { batchOutlook, fetchTransport, get, OperationError, post } from "@rxbatch/rxbatch";
import { Collection, Contact, decode, encode, Event, unsaved } from "@rxbatch/rxbatch/schema";
import { fakeOutlook } from "@rxbatch/rxbatch/testing";
import { from, lastValueFrom, tap } from "rxjs";

const outlook = fakeOutlook();
const batched = batchOutlook({
  token: outlook.token,
  transport: fetchTransport(outlook.fetch),
});

// A schema of your own: only what you need, and in the types that you like.
const Birthdays = Schema.Struct({
  value: Schema.Array(Schema.Struct({
    DisplayName: Schema.NonEmptyString,
    Birthday: Schema.Date,
  })),
});

const operations = [
  get("events?$top=2", { schema: decode(Collection(Event)) }),
  get("contacts?$top=2", { schema: decode(Collection(Contact)) }),
  // No contact of the fake has a birthday, so this one fails, and it alone.
  get("contacts?$top=1", { schema: decode(Birthdays) }),
  post("contacts", { DisplayName: "Ada Lovelace", Birthday: new Date("1815-12-10T00:00:00Z") }, {
    bodySchema: encode(unsaved(Contact)),
    schema: decode(Contact),
  }),
];

await lastValueFrom(
  from(operations).pipe(
    batched,
    tap((result) => {
      if (result.ok) {
        const { body } = result.response;
        // Every body has its own type; what they have in common can be told apart as usual.
        if ("value" in body) console.log(`${body.value.length} of ${result.operation.url}`);
        else console.log(`${body.DisplayName}, born in ${body.Birthday?.getUTCFullYear()}`);
      } else if (result.error._tag === "SchemaError") {
        for (const { path, message } of result.error.issues) {
          console.log(`${result.operation.url}: ${path?.join(".")} ${message}`);
        }
      } else {
        throw result.error;
      }
    }),
  ),
);

try {
  // @ts-expect-error the compiler sees it first
  post("contacts", { DisplayName: 42 }, { bodySchema: encode(unsaved(Contact)) });
} catch (error) {
  if (!(error instanceof OperationError)) throw error;
  const [issue] = error.issues;
  console.log(`refused before it was sent: ${issue?.path?.join(".")} ${issue?.message}`);
}
