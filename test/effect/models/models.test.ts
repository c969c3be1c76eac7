import { Schema as ClassicSchema } from "@effect/schema";
import { Schema } from "effect";
import { Schema as Schema3 } from "effect3";
import { describe, expect, expectTypeOf, it } from "vitest";
import { get, type Operation, post } from "../../../mod.ts";
import { models } from "../../../src/effect.ts";
import { models as models3 } from "../../../src/effect3.ts";
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
