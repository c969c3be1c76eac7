import { AST, Schema } from "@effect/schema";
import { firstValueFrom } from "rxjs";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  createGraphBatcher,
  createOutlookBatcher,
  fetchTransport,
  get,
  patch,
  post,
  ResponseError,
} from "../../mod.ts";
import * as models from "../../src/schema.ts";
import { fakeGraph, fakeOutlook } from "../../src/testing.ts";

const { Collection, decode, encode, unsaved } = models;

describe("the models in PascalCase", () => {
  it.each(
    [
      ["messages", models.Message],
      ["events", models.Event],
      ["contacts", models.Contact],
      ["mailfolders", models.MailFolder],
    ] as const,
  )("fit the %s of Outlook", async (collection, model) => {
    const outlook = fakeOutlook();
    await using batcher = createOutlookBatcher({
      token: outlook.token,
      transport: fetchTransport(outlook.fetch),
    });
    const schema = decode(Collection(model as Schema.Schema<models.Entity, unknown>));
    const { body } = await firstValueFrom(batcher.send(get(`${collection}?$top=3`, { schema })));
    expect(body.value).toHaveLength(3);
    expect(body.value[0]?.Id).toEqual(expect.any(String));
    expect(body["@odata.nextLink"]).toEqual(expect.any(String));
  });

  it("decode dates, and encode them again", async () => {
    const outlook = fakeOutlook();
    await using batcher = createOutlookBatcher({
      token: outlook.token,
      transport: fetchTransport(outlook.fetch),
    });
    const page = get("messages?$top=1", { schema: decode(Collection(models.Message)) });
    const { body } = await firstValueFrom(batcher.send(page));
    const [message] = body.value;
    expectTypeOf(message?.ReceivedDateTime).toEqualTypeOf<Date | null | undefined>();
    expect(message?.ReceivedDateTime).toBeInstanceOf(Date);
    const encoded = Schema.encodeSync(models.Message)(message!);
    expect(encoded.ReceivedDateTime).toBe(message?.ReceivedDateTime?.toISOString());
  });

  it("decode the bytes of an attachment", () => {
    const file = Schema.decodeUnknownSync(models.Attachment)({ Id: "1", ContentBytes: "AQID" });
    expect(file.ContentBytes).toEqual(Uint8Array.of(1, 2, 3));
  });

  it("take what $select leaves, and null", () => {
    expect(Schema.decodeUnknownSync(models.Message)({ Id: "1", Subject: null }))
      .toEqual({ Id: "1", Subject: null });
  });

  it.each([
    { Subject: "no id" },
    { Id: "1", Subject: 7 },
    { Id: "1", Importance: "Huge" },
    { Id: "1", ReceivedDateTime: "yesterday" },
    { Id: "1", ToRecipients: [{}] },
  ])("refuse %j", (body) => {
    expect(Schema.decodeUnknownEither(models.Message)(body)._tag).toBe("Left");
  });
});

describe("the models in camelCase", () => {
  it.each(
    [
      ["messages", models.GraphMessage],
      ["events", models.GraphEvent],
      ["contacts", models.GraphContact],
      ["mailFolders", models.GraphMailFolder],
    ] as const,
  )("fit the %s of Graph", async (collection, model) => {
    const graph = fakeGraph();
    await using batcher = createGraphBatcher({
      token: graph.token,
      transport: fetchTransport(graph.fetch),
    });
    const schema = decode(Collection(model as Schema.Schema<{ readonly id: string }, unknown>));
    const page = get(`/me/${collection}?$top=3`, { schema });
    const { body } = await firstValueFrom(batcher.send(page));
    expect(body.value).toHaveLength(3);
    expect(body.value[0]?.id).toEqual(expect.any(String));
  });

  it("fit a page of Graph", () => {
    const page = Schema.decodeUnknownSync(Collection(models.GraphMessage))({
      "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users('rufus')/messages",
      "@odata.nextLink": "https://graph.microsoft.com/v1.0/me/messages?$skip=1",
      value: [{
        "@odata.etag": 'W/"1"',
        id: "AAMkAG=",
        receivedDateTime: "2026-11-22T10:00:00Z",
        importance: "high",
        isRead: false,
        from: { emailAddress: { name: "Rufus", address: "rufus@contoso.com" } },
        sender: null,
      }],
    });
    expectTypeOf(page.value).toEqualTypeOf<readonly models.GraphMessage[]>();
    expectTypeOf(page.value[0]!.receivedDateTime).toEqualTypeOf<Date | null | undefined>();
    expect(page.value[0]?.receivedDateTime).toEqual(new Date("2026-11-22T10:00:00Z"));
    expect(page.value[0]?.from?.emailAddress.name).toBe("Rufus");
  });

  it.each([
    [models.Contact, models.GraphContact],
    [models.MailFolder, models.GraphMailFolder],
    [models.Recipient, models.GraphRecipient],
    [models.Attachment, models.GraphAttachment],
    [models.DateTimeTimeZone, models.GraphDateTimeTimeZone],
  ])("are made of those in PascalCase: %#", (pascal, camel) => {
    const namesOf = ({ ast }: Schema.Schema.AnyNoContext) =>
      AST.getPropertySignatures(ast).map(({ name }) => String(name));
    expect(namesOf(camel)).toEqual(
      namesOf(pascal).map((name) => `${name.charAt(0).toLowerCase()}${name.slice(1)}`),
    );
  });

  it("have the names and the fixed values of Graph, in type and value", () => {
    const event = Schema.decodeUnknownSync(models.GraphEvent)({
      id: "1",
      "@odata.etag": "W/1",
      body: { contentType: "html", content: "<p>" },
      showAs: "workingElsewhere",
      start: { dateTime: "2026-12-24T12:00:00", timeZone: "UTC" },
      responseStatus: { response: "notResponded", time: "0001-01-01T00:00:00Z" },
    });
    expectTypeOf(event.body?.contentType).toEqualTypeOf<"text" | "html" | null | undefined>();
    expectTypeOf(event.start?.timeZone).toEqualTypeOf<string | undefined>();
    expect(event.responseStatus?.time).toBeInstanceOf(Date);
    expect(event).toMatchObject({ showAs: "workingElsewhere", body: { contentType: "html" } });
  });

  it("tell what is gone from a list of changes", () => {
    const gone = { id: "1", "@removed": { reason: "deleted" } };
    const page = Schema.decodeUnknownSync(Collection(models.GraphMessage))({
      value: [gone, { id: "2" }],
    });
    expect(page.value.map((message) => message["@removed"]?.reason)).toEqual([
      "deleted",
      undefined,
    ]);
  });

  it("refuse the values of Outlook", () => {
    expect(Schema.is(models.GraphItemBody)({ contentType: "HTML" })).toBe(false);
    expect(Schema.is(models.ItemBody)({ ContentType: "HTML" })).toBe(true);
  });

  it("are made of anything with structs in it", () => {
    interface Tree {
      readonly Name: string;
      readonly Children: readonly Tree[];
    }
    const Tree: Schema.Schema<Tree> = Schema.Struct({
      Name: Schema.String,
      Children: Schema.Array(Schema.suspend(() => Tree)),
    });
    const camel = models.camelCase(Tree);
    expect(Schema.is(camel)({ name: "a", children: [{ name: "b", children: [] }] })).toBe(true);
    expect(Schema.is(camel)({ name: "a", children: [{ Name: "b", children: [] }] })).toBe(false);
    const pair = models.camelCase(
      Schema.Tuple(Schema.Literal("On", 1), Schema.Struct({ A: Schema.Null })),
    );
    expect(Schema.is(pair)(["on", { a: null }] as const)).toBe(true);
    const People = Schema.Record({
      key: Schema.String,
      value: Schema.Struct({ Age: Schema.Number }),
    });
    const byName = models.camelCase(Schema.Struct({ People }));
    expect(Schema.is(byName)({ people: { Ann: { age: 7 } } })).toBe(true);
  });

  it("keep what was noted on what they are made of", () => {
    const strict = { parseOptions: { onExcessProperty: "error" } } as const;
    const Named = Schema.Struct({ Name: Schema.String }).annotations(strict);
    const isNamed = Schema.is(models.camelCase(Named));
    expect([isNamed({ name: "a" }), isNamed({ name: "a", age: 7 })]).toEqual([true, false]);
    const isUnsaved = Schema.is(models.unsaved(Named));
    expect([isUnsaved({ Name: "a" }), isUnsaved({ Name: "a", Age: 7 })]).toEqual([true, false]);
  });
});

describe("bodies that are about to be sent", () => {
  it("need no Id, at any depth", () => {
    const message = {
      Subject: "Hi",
      Attachments: [{ Name: "a.txt", ContentBytes: Uint8Array.of(1) }],
    };
    const draft = post("messages", message, { bodySchema: encode(unsaved(models.Message)) });
    expect(JSON.parse(String(draft.body))).toEqual({
      Subject: "Hi",
      Attachments: [{ Name: "a.txt", ContentBytes: "AQ==" }],
    });
  });

  it("go to the server and come back typed", async () => {
    const outlook = fakeOutlook();
    await using batcher = createOutlookBatcher({
      token: outlook.token,
      transport: fetchTransport(outlook.fetch),
    });
    const created = await firstValueFrom(batcher.send(
      post("contacts", { GivenName: "Ada", Birthday: new Date("1815-12-10T00:00:00Z") }, {
        bodySchema: encode(unsaved(models.Contact)),
        schema: decode(models.Contact),
      }),
    ));
    expect(created.body.Birthday).toEqual(new Date("1815-12-10T00:00:00Z"));
    const changed = await firstValueFrom(batcher.send(
      patch(`contacts/${created.body.Id}`, { Surname: "Lovelace" }, {
        bodySchema: encode(unsaved(models.Contact)),
        schema: decode(models.Contact),
      }),
    ));
    expect(changed.body).toMatchObject({ GivenName: "Ada", Surname: "Lovelace" });
  });
});

describe("the body of an error", () => {
  it("fits ODataError", async () => {
    const outlook = fakeOutlook();
    await using batcher = createOutlookBatcher({
      token: outlook.token,
      transport: fetchTransport(outlook.fetch),
    });
    const error: unknown = await firstValueFrom(batcher.send(get("messages/none"))).catch((e) => e);
    if (!(error instanceof ResponseError)) throw error;
    const { error: body } = Schema.decodeUnknownSync(models.ODataError)(error.response.body);
    expect(body.code).toBe(error.code);
    expect(body.message).toBe(error.detail);
  });
});
