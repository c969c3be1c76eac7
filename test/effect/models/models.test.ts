import { Schema as ClassicSchema } from "@effect/schema";
import { Schema } from "effect";
import { Schema as Schema3 } from "effect3";
import { describe, expect, expectTypeOf, it } from "vitest";
import { get, type Operation, OperationError, post, type StandardSchemaV1 } from "../../../mod.ts";
import { encode, models } from "../../../src/effect.ts";
import { encode as encode3, models as models3 } from "../../../src/effect3.ts";
import * as classic from "../../../src/schema.ts";

const outlook = {
  Id: "1",
  "@odata.etag": "W/1",
  Subject: "Lunch?",
  Body: { ContentType: "HTML", Content: "<p>" },
  ToRecipients: [{ EmailAddress: { Name: "Ada", Address: "ada@contoso.com" } }],
  Importance: "High",
  IsRead: false,
  ReceivedDateTime: "2026-11-26T12:00:00.000Z",
  Attachments: [{ Id: "2", Size: 3, ContentBytes: "AQID" }],
  ConversationId: null,
};
const graph = {
  id: "1",
  subject: "Lunch?",
  body: { contentType: "html", content: "<p>" },
  importance: "high",
  receivedDateTime: "2026-11-26T12:00:00.000Z",
};

describe("the models", () => {
  it("are the same three: of @effect/schema, of Schema 3 and of Schema 4", () => {
    const names = Object.keys(models).sort();
    expect(Object.keys(models3).sort()).toEqual(names);
    expect(Object.keys(classic)).toEqual(expect.arrayContaining(names));
    expect(names).toHaveLength(21);
  });

  it("decode and encode alike, in Outlook's spelling and in Graph's", () => {
    const decoded = Schema.decodeUnknownSync(models.Message)(outlook);
    expect(decoded.ReceivedDateTime).toEqual(new Date("2026-11-26T12:00:00Z"));
    expect(decoded.Attachments?.[0]?.ContentBytes).toEqual(new Uint8Array([1, 2, 3]));
    expect(Schema3.decodeUnknownSync(models3.Message)(outlook)).toEqual(decoded);
    expect(ClassicSchema.decodeUnknownSync(classic.Message)(outlook)).toEqual(decoded);
    expect(Schema.encodeUnknownSync(models.Message)(decoded)).toEqual(outlook);
    expect(Schema3.encodeUnknownSync(models3.Message)(decoded)).toEqual(outlook);
    const inGraph = Schema.decodeUnknownSync(models.GraphMessage)(graph);
    expect(inGraph.body?.contentType).toBe("html");
    expect(Schema3.decodeUnknownSync(models3.GraphMessage)(graph)).toEqual(inGraph);
    expect(ClassicSchema.decodeUnknownSync(classic.GraphMessage)(graph)).toEqual(inGraph);
  });

  it.each([
    ["a word that is none", { Id: "1", Importance: "Huge" }],
    ["a date that is none", { Id: "1", ReceivedDateTime: "soon" }],
    ["no Id", { Subject: "x" }],
    ["null in place of an Id", { Id: null }],
  ])("refuse %s alike", (_, json) => {
    expect(() => Schema.decodeUnknownSync(models.Message)(json)).toThrow();
    expect(() => Schema3.decodeUnknownSync(models3.Message)(json)).toThrow();
    expect(() => ClassicSchema.decodeUnknownSync(classic.Message)(json)).toThrow();
  });

  it("type what operations get and take", () => {
    const read = get("messages/1", { schema: Schema.toStandardSchemaV1(models.Message) });
    expectTypeOf(read).toEqualTypeOf<Operation<models.Message>>();
    expectTypeOf<classic.Message>().toEqualTypeOf<models.Message>();
    expectTypeOf<typeof models.Event.Type>().toEqualTypeOf<models.Event>();
    const bodySchema = Schema.toStandardSchemaV1(Schema.flip(models.Attachment));
    const file = { Id: "1", Name: "a", ContentBytes: new Uint8Array([1, 2, 3]) };
    expect(post("attachments", file, { bodySchema }).body)
      .toBe('{"Id":"1","Name":"a","ContentBytes":"AQID"}');
  });
});

describe("encode", () => {
  interface Birthday {
    readonly GivenName: string;
    readonly Birthday: Date;
  }
  type Encoded = { readonly GivenName: string; readonly Birthday: string };
  const ada: Birthday = { GivenName: "Ada", Birthday: new Date("1815-12-10T00:00:00Z") };

  const of4 = encode(
    Schema.Struct({ GivenName: Schema.String, Birthday: Schema.DateFromString }),
  );
  const of3 = encode3(Schema3.Struct({ GivenName: Schema3.String, Birthday: Schema3.Date }));

  it("has the types of the schema, the other way round", () => {
    expectTypeOf(of4).toEqualTypeOf<StandardSchemaV1<Birthday, Encoded>>();
    expectTypeOf(of3).toEqualTypeOf<StandardSchemaV1<Birthday, Encoded>>();
  });

  it.each([["4", of4], ["3", of3]])(
    "encodes a body by Schema %s before it is sent",
    (_, schema) => {
      expect(post("contacts", ada, { bodySchema: schema }).body)
        .toBe('{"GivenName":"Ada","Birthday":"1815-12-10T00:00:00.000Z"}');
    },
  );

  it.each([["4", of4], ["3", of3]])(
    "refuses what does not fit by Schema %s, all of it",
    (_, schema) => {
      const refused = (body: unknown) => {
        try {
          post("contacts", body as Birthday, { bodySchema: schema });
        } catch (error) {
          if (error instanceof OperationError) return error.issues.map(({ path }) => path);
        }
        return [];
      };
      expect(refused({ GivenName: 1, Birthday: "soon" })).toEqual([["GivenName"], ["Birthday"]]);
      expect(refused({ ...ada, Birthdy: 1 })).toEqual([["Birthdy"]]);
    },
  );

  it("encodes the models", () => {
    const event = { Id: "1", LastModifiedDateTime: new Date("2026-11-26T12:00:00Z") };
    const json = '{"Id":"1","LastModifiedDateTime":"2026-11-26T12:00:00.000Z"}';
    expect(post("events", event, { bodySchema: encode(models.Event) }).body).toBe(json);
    expect(post("events", event, { bodySchema: encode3(models3.Event) }).body).toBe(json);
  });
});
