import { Context, Effect, type Layer, type Redacted, type Stream } from "effect3";
import { firstValueFrom, from, merge, mergeMap, type Observable, of } from "rxjs";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  after,
  type Batcher,
  type BatchError,
  batchOutlook,
  type BodyOf,
  createOutlookBatcher,
  del,
  type DerivedOperation,
  get,
  head,
  type Operation,
  type OperationBody,
  type OperationInit,
  type OperationResponse,
  type OperationResult,
  patch,
  post,
  put,
  type ResponseError,
  type ResponseOf,
  type ResultOf,
  type StandardSchemaV1,
} from "../mod.ts";
import {
  type BatchService,
  type EffectError,
  type Failing,
  type GraphBatch,
  OutlookBatch,
} from "../src/effect3.ts";
import {
  type CamelCase,
  Collection,
  decode,
  encode,
  type Encoded,
  Event,
  type GraphMessage,
  Message,
  unsaved,
} from "../src/schema.ts";

declare const batcher: Batcher;
declare const service: BatchService;
declare const schemaOf: <T>() => StandardSchemaV1<unknown, T>;

interface Mail {
  readonly subject: string;
}
interface Meeting {
  readonly start: Date;
}

/** What is only compiled: nothing in it runs. */
function compiled(_: () => unknown): void {}

describe("operations", () => {
  it("have the body type of their schema, of their type argument, or unknown", () => {
    compiled(() => {
      expectTypeOf(get("a")).toEqualTypeOf<Operation<unknown>>();
      expectTypeOf(head("a")).toEqualTypeOf<Operation<undefined>>();
      expectTypeOf(get<Mail>("a")).toEqualTypeOf<Operation<Mail>>();
      expectTypeOf(del("a", { schema: schemaOf<Mail>() })).toEqualTypeOf<Operation<Mail>>();
      expectTypeOf(post<Mail>("a", { subject: "x" })).toEqualTypeOf<Operation<Mail>>();
      expectTypeOf(put("a", "text", { schema: schemaOf<Mail>() })).toEqualTypeOf<Operation<Mail>>();
      expectTypeOf<BodyOf<Operation<Mail> | Operation<Meeting>>>().toEqualTypeOf<Mail | Meeting>();
    });
  });

  it("have no type that nobody gave them", () => {
    compiled(() => {
      // @ts-expect-error only a type argument or a schema says what the body is
      const number: Operation<number> = get("a");
      return number;
    });
  });

  it("may have no body where an error counts as an answer", () => {
    compiled(() => {
      const okStatuses = [404];
      expectTypeOf(del<Mail>("a", { okStatuses })).toEqualTypeOf<Operation<Mail | undefined>>();
      expectTypeOf(put<Mail>("a", {}, { okStatuses })).toEqualTypeOf<Operation<Mail | undefined>>();
      expectTypeOf(get("a", { okStatuses, schema: schemaOf<Mail>() })).toEqualTypeOf<
        Operation<Mail | undefined>
      >();
    });
  });

  it("are derived from what their parents got", () => {
    compiled(() => {
      const mail = get<Mail>("a");
      const meeting = after(mail, ({ body }) => {
        expectTypeOf(body).toEqualTypeOf<Mail>();
        return get<Meeting>(body.subject);
      });
      expectTypeOf(meeting).toEqualTypeOf<DerivedOperation<Meeting>>();
      const both = after([mail, meeting], ([one, two]) => {
        expectTypeOf(one).toEqualTypeOf<OperationResponse<Mail>>();
        expectTypeOf(two).toEqualTypeOf<OperationResponse<Meeting>>();
        return post("b", {}, { schema: schemaOf<Mail>() });
      }, { dependsOn: [mail], orderingKey: "k", label: "both" });
      expectTypeOf(both).toEqualTypeOf<DerivedOperation<Mail>>();
      expectTypeOf(after([mail].concat(mail), (all) => {
        expectTypeOf(all).toEqualTypeOf<readonly OperationResponse<Mail>[]>();
        return mail;
      })).toEqualTypeOf<DerivedOperation<Mail>>();
      expectTypeOf(batcher.send(both)).toEqualTypeOf<Observable<OperationResponse<Mail>>>();
      expectTypeOf<ResponseOf<typeof meeting>>().toEqualTypeOf<OperationResponse<Meeting>>();
      // @ts-expect-error a promise is no operation
      after(mail, () => Promise.resolve(mail));
    });
  });

  it("are read-only, and covariant", () => {
    compiled(() => {
      expectTypeOf<Operation<Mail>>().toExtend<Operation>();
      expectTypeOf<Operation>().not.toExtend<Operation<Mail>>();
      // @ts-expect-error an operation is immutable
      get("a").url = "b";
    });
  });

  it("take bodies that can be serialised, or what bodySchema takes", () => {
    const bodySchema = encode(unsaved(Event));
    compiled(() => {
      post("a");
      post("a", null);
      post("a", new Uint8Array());
      // @ts-expect-error a function is no body
      post("a", () => {}, { bodySchema });
      // @ts-expect-error a symbol is no body
      post("a", Symbol("x"));
      patch("a", 1n);
      post("a", { Subject: "x" }, { bodySchema });
      // @ts-expect-error the subject is a text
      post("a", { Subject: 1 }, { bodySchema });
      // @ts-expect-error the property is misspelt
      put("a", { Subjct: "x" }, { bodySchema });
      expectTypeOf(post<Mail>("a", { Subject: "x" }, { bodySchema })).toEqualTypeOf<
        Operation<Mail>
      >();
      patch("a", {} as OperationBody | undefined);
      const init: OperationInit<Mail> = {};
      expectTypeOf(get("a", init)).toEqualTypeOf<Operation<Mail>>();
    });
  });
});

describe("results", () => {
  it("have the type of each operation, without a cast", () => {
    compiled(async () => {
      const mail = get<Mail>("a");
      const meeting = get<Meeting>("b");
      expectTypeOf(batcher.send(mail)).toEqualTypeOf<Observable<OperationResponse<Mail>>>();
      expectTypeOf((await firstValueFrom(batcher.send(mail))).body).toEqualTypeOf<Mail>();
      expectTypeOf(merge(of(mail), of(meeting)).pipe(batchOutlook())).toEqualTypeOf<
        Observable<ResultOf<Operation<Mail> | Operation<Meeting>>>
      >();
      expectTypeOf(from([mail, meeting]).pipe(batchOutlook())).toEqualTypeOf<
        Observable<ResultOf<Operation<Mail> | Operation<Meeting>>>
      >();
      expectTypeOf(batcher.sendAll([mail, meeting])).toEqualTypeOf<
        AsyncIterable<ResultOf<Operation<Mail> | Operation<Meeting>>>
      >();
      const bodies$ = of(mail).pipe(
        mergeMap((operation) => batcher.send(operation)),
        mergeMap(({ body }) => batcher.send(get<Meeting>(body.subject))),
      );
      expectTypeOf(bodies$).toEqualTypeOf<Observable<OperationResponse<Meeting>>>();
    });
  });

  it("are told apart by ok, and errors by _tag", () => {
    compiled((): string => {
      const result = {} as OperationResult<Mail>;
      if (result.ok) return result.response.body.subject;
      expectTypeOf(result.error).toEqualTypeOf<BatchError>();
      // @ts-expect-error a failed one has no response
      result.response;
      if (result.error._tag === "ResponseError") {
        expectTypeOf(result.error).toEqualTypeOf<ResponseError>();
      }
      return result.error._tag;
    });
    expectTypeOf<BatchError["_tag"]>().toEqualTypeOf<
      | "OperationError"
      | "ResponseError"
      | "NotExecutedError"
      | "DependencyError"
      | "BatchHttpError"
      | "DecodeError"
      | "SchemaError"
      | "TransportError"
      | "BatchTimeoutError"
      | "LimitError"
      | "ClosedError"
    >();
  });
});

describe("schemas", () => {
  it("tell the encoded from the decoded type", () => {
    expectTypeOf(decode(Message)).toEqualTypeOf<StandardSchemaV1<Encoded<Message>, Message>>();
    expectTypeOf(encode(Message)).toEqualTypeOf<StandardSchemaV1<Message, Encoded<Message>>>();
    expectTypeOf<Message["SentDateTime"]>().toEqualTypeOf<Date | null | undefined>();
    expectTypeOf<Encoded<Message>["SentDateTime"]>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<Message["Id"]>().toEqualTypeOf<string>();
    compiled(() => {
      const page = get("a", { schema: decode(Collection(Message)) });
      expectTypeOf(page).toEqualTypeOf<Operation<Collection<Message>>>();
    });
  });

  it("spell Graph's names as Graph does", () => {
    expectTypeOf<GraphMessage["toRecipients"]>().toEqualTypeOf<
      | readonly {
        readonly emailAddress: CamelCase<
          { Name?: string | null | undefined; Address?: string | null | undefined }
        >;
      }[]
      | null
      | undefined
    >();
    expectTypeOf<CamelCase<"HTML" | "Text">>().toEqualTypeOf<"html" | "text">();
    expectTypeOf<CamelCase<{ A: 1; B: Date; C: Uint8Array; D: null }>>().toEqualTypeOf<
      { readonly a: 1; readonly b: Date; readonly c: Uint8Array; readonly d: null }
    >();
  });
});

describe("effects", () => {
  it("have the union of errors in their error channel, and lose what is caught", () => {
    compiled(() => {
      const sent = service.send(get<Mail>("a"));
      expectTypeOf(sent).toEqualTypeOf<Effect.Effect<OperationResponse<Mail>, EffectError>>();
      const caught = Effect.catchTag(sent, "ResponseError", (error) => {
        expectTypeOf(error).toEqualTypeOf<ResponseError & Failing<ResponseError>>();
        return Effect.succeed(error.status);
      });
      expectTypeOf<Effect.Effect.Error<typeof caught>>().toEqualTypeOf<
        Exclude<EffectError, ResponseError>
      >();
      expectTypeOf(sent).toExtend<Effect.Effect<OperationResponse<Mail>, BatchError>>();
      expectTypeOf(service.request(get<Mail>("a"))).toEqualTypeOf<typeof sent>();
    });
  });

  it("need the service, until a layer provides it", () => {
    compiled(() => {
      const sent = OutlookBatch.send(get<Mail>("a"));
      expectTypeOf(sent).toEqualTypeOf<
        Effect.Effect<OperationResponse<Mail>, EffectError, OutlookBatch>
      >();
      const layer = OutlookBatch.layer({ token: {} as Redacted.Redacted<string> });
      expectTypeOf(layer).toEqualTypeOf<Layer.Layer<OutlookBatch>>();
      expectTypeOf(Effect.provide(sent, layer)).toEqualTypeOf<
        Effect.Effect<OperationResponse<Mail>, EffectError>
      >();
      expectTypeOf<Layer.Layer.Success<ReturnType<typeof GraphBatch.layer>>>().toEqualTypeOf<
        GraphBatch
      >();
      class Vault extends Context.Tag("Vault")<Vault, string>() {}
      expectTypeOf(OutlookBatch.layer({ token: () => Vault })).toEqualTypeOf<
        Layer.Layer<OutlookBatch, never, Vault>
      >();
      // @ts-expect-error time comes from the program
      OutlookBatch.layer({ scheduler: undefined });
    });
  });

  it("stream results of the operations' types", () => {
    compiled(() => {
      const operations = {} as Stream.Stream<
        Operation<Mail> | Operation<Meeting>,
        "broken",
        "needed"
      >;
      expectTypeOf(service.sendAll(operations)).toEqualTypeOf<
        Stream.Stream<ResultOf<Operation<Mail> | Operation<Meeting>>, "broken", "needed">
      >();
    });
  });
});

it("compiles with what is created at run time, too", () => {
  expect(createOutlookBatcher()).toHaveProperty("send");
});
