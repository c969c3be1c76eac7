/** Who wrote to a team, and how much of it is unread: a service of an Effect program that is made of another, OutlookBatch. */
import { Context, Effect, Layer, RequestResolver, Schema, Stream } from "effect";
import { type BatchError, get, uri } from "@rxbatch/rxbatch";
import { operationRequest, OutlookBatch } from "@rxbatch/rxbatch/effect";

const Count = Schema.toStandardSchemaV1(Schema.Struct({ "@odata.count": Schema.Number }));

const Page = Schema.toStandardSchemaV1(Schema.Struct({
  value: Schema.Array(Schema.Struct({
    From: Schema.Struct({ EmailAddress: Schema.Struct({ Address: Schema.String }) }),
    ReceivedDateTime: Schema.DateFromString,
  })),
}));

/** Stands for the service in the types of effects that need it. */
export interface Digest {
  readonly _: unique symbol;
}

/** What the service does. */
export interface DigestService {
  /** How much of the inbox is unread; asked once for each person, however many want to know. */
  readonly unread: (address: string) => Effect.Effect<number, BatchError>;
  /** How many messages came from each sender; read page by page, for as many as are wanted. */
  readonly senders: (
    address: string,
    options: { readonly atMost: number },
  ) => Effect.Effect<ReadonlyMap<string, number>, BatchError>;
}

export const Digest: Context.Service<Digest, DigestService> = Context.Service("examples/Digest");

/** The service, for as long as it has OutlookBatch. */
export const layer: Layer.Layer<Digest, never, OutlookBatch> = Layer.effect(
  Digest,
  Effect.gen(function* () {
    const { resolver, pages } = yield* OutlookBatch;
    const cached = yield* RequestResolver.withCache(resolver, { capacity: 1_000 });
    return {
      unread: (address) => {
        const count = get(uri`messages?$filter=IsRead eq false&$count=true&$top=1&$select=Id`, {
          context: `users('${address}')`,
          schema: Count,
          label: "messages/$count",
        });
        return Effect.map(
          Effect.request(operationRequest(count, resolver), cached),
          (response) => response.body["@odata.count"],
        );
      },
      senders: (address, { atMost }) => {
        const first = get("messages?$select=From,ReceivedDateTime&$top=10", {
          context: `users('${address}')`,
          schema: Page,
          label: "messages",
        });
        return pages(first).pipe(
          Stream.flatMap(({ body }) => Stream.fromIterable(body.value)),
          Stream.take(atMost),
          Stream.runFold(
            () => new Map<string, number>(),
            (counts, { From }) => {
              const { Address } = From.EmailAddress;
              return counts.set(Address, (counts.get(Address) ?? 0) + 1);
            },
          ),
          Effect.withSpan("Digest.senders"),
        );
      },
    };
  }),
);
