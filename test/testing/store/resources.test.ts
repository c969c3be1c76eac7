import { describe, expect, it } from "vitest";
import { fakeOutlook, type FakeService, type Item } from "../../../src/testing.ts";

const RUFUS = "rufus@contoso.com";
const MESSAGES: readonly Item[] = [
  { Subject: "Lunch", IsRead: true, Size: 3, ReceivedDateTime: "2026-01-03T08:00:00Z" },
  { Subject: "Rufus' budget", IsRead: false, Size: 1, ReceivedDateTime: "2026-01-01T08:00:00Z" },
  {
    Subject: "Offsite",
    IsRead: false,
    Size: 2,
    ReceivedDateTime: "2026-01-02T08:00:00Z",
    From: { EmailAddress: { Address: "dana@contoso.com" } },
  },
];

function small(): FakeService {
  return fakeOutlook({
    mailboxes: { [RUFUS]: { messages: MESSAGES, events: 2, contacts: 1, folders: ["Projects"] } },
  });
}

interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Item & { readonly value?: readonly Item[]; readonly error?: Item };
}

async function call(
  fake: FakeService,
  method: string,
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Got> {
  const response = await fake.fetch(new URL(path, `${fake.baseUrl}me/`), {
    method,
    headers: {
      Authorization: `Bearer ${fake.token}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text.startsWith("{") ? JSON.parse(text) : { text },
  };
}

const get = (fake: FakeService, path: string): Promise<Got> => call(fake, "GET", path);

async function subjects(fake: FakeService, query: string): Promise<unknown[]> {
  const { body } = await get(fake, `messages?${query}`);
  return body.value?.map((item) => item["Subject"]) ?? [body.error];
}

function firstId(fake: FakeService): string {
  return fake.items(RUFUS, "messages")[0]?.["Id"] as string;
}

describe("resources", () => {
  it("the user", async () => {
    const { status, body } = await get(small(), "/api/v2.0/me");
    expect(status).toBe(200);
    expect(body).toMatchObject({ EmailAddress: RUFUS, DisplayName: "rufus" });
  });

  for (
    const [collection, count] of [
      ["messages", 3],
      ["events", 2],
      ["contacts", 1],
      ["mailfolders", 5],
    ] as const
  ) {
    it(`${collection}: list, create, read, change, delete`, async () => {
      const fake = small();
      const listed = await get(fake, collection);
      expect(listed.body.value).toHaveLength(count);
      expect(listed.headers.get("odata-version")).toBe("4.0");

      const made = await call(fake, "POST", collection, { body: { DisplayName: "New" } });
      expect(made.status).toBe(201);
      const id = made.body["Id"] as string;
      expect(made.headers.get("location")).toContain(`('${id}')`);
      expect(made.headers.get("etag")).toBe(made.body["@odata.etag"]);

      expect(await get(fake, `${collection}/${id}`)).toMatchObject({
        status: 200,
        body: made.body,
      });
      const changed = await call(fake, "PATCH", `${collection}/${id}`, {
        body: { DisplayName: "Other", Id: "forged", ChangeKey: "forged" },
      });
      expect(changed).toMatchObject({ status: 200, body: { Id: id, DisplayName: "Other" } });
      expect(changed.body["ChangeKey"]).not.toBe(made.body["ChangeKey"]);

      expect((await call(fake, "DELETE", `${collection}/${id}`)).status).toBe(204);
      expect(await get(fake, `${collection}/${id}`)).toMatchObject({
        status: 404,
        body: { error: { code: "ErrorItemNotFound" } },
      });
      expect((await call(fake, "DELETE", `${collection}/${id}`)).status).toBe(404);
    });
  }

  it("names in any letter case, and keys in parentheses", async () => {
    const fake = small();
    const id = firstId(fake);
    expect((await get(fake, "Messages")).body.value).toHaveLength(3);
    expect((await get(fake, "/API/V2.0/ME/mailFolders")).status).toBe(200);
    expect((await get(fake, `Messages('${id}')`)).body["Id"]).toBe(id);
  });

  it("@odata.id leads back to the item, in the spelling of another user", async () => {
    const fake = small();
    const url = fake.items(RUFUS, "messages")[0]?.["@odata.id"] as string;
    expect(url).toMatch(/\/Users\('[0-9a-f-]{36}'\)\/Messages\('/);
    expect((await get(fake, url)).body["Subject"]).toBe("Lunch");
  });

  it("beta is served as well", async () => {
    expect((await get(small(), "/api/beta/me/messages")).body.value).toHaveLength(3);
  });

  it("HEAD gives the headers of GET and no body", async () => {
    const fake = small();
    const { status, headers, body } = await call(fake, "HEAD", `messages/${firstId(fake)}`);
    expect(status).toBe(200);
    expect(headers.get("etag")).toMatch(/^W\/"/);
    expect(body).toEqual({ text: "" });
  });

  it("other methods are refused, and the allowed ones named", async () => {
    const fake = small();
    const { status, headers, body } = await call(fake, "PUT", "messages");
    expect(status).toBe(405);
    expect(headers.get("allow")).toBe("GET, HEAD, POST");
    expect(body.error).toMatchObject({ code: "ErrorMethodNotAllowed" });
  });

  it("paths that lead nowhere are refused", async () => {
    const fake = small();
    for (const path of ["tasks", "messages/1/2/3", "/api/v2.0/messages", "/api/v1.0/me/messages"]) {
      expect((await get(fake, path)).status).toBe(404);
    }
    expect((await get(fake, "messages/%zz")).status).toBe(400);
  });

  it("a body must be a JSON object, and say so", async () => {
    const fake = small();
    const post = (body: string, type: string): Promise<Response> =>
      fake.fetch(`${fake.baseUrl}me/messages`, {
        method: "POST",
        headers: { Authorization: `Bearer ${fake.token}`, "Content-Type": type },
        body,
      });
    expect((await post("{}", "text/plain")).status).toBe(415);
    expect((await post("{", "application/json")).status).toBe(400);
    expect((await post("[]", "application/json")).status).toBe(400);
    expect((await post("{}", "application/json; charset=utf-8")).status).toBe(201);
  });
});

describe("mail", () => {
  const recipients = [{ EmailAddress: { Address: "dana@contoso.com" } }];

  it("sendmail puts the message into Sent Items, if wanted", async () => {
    const fake = small();
    const send = (more: object): Promise<Got> =>
      call(fake, "POST", "sendmail", {
        body: { Message: { Subject: "Hi", ToRecipients: recipients }, ...more },
      });
    expect(await send({})).toMatchObject({ status: 202, body: { text: "" } });
    expect((await get(fake, "mailfolders/sentitems/messages")).body.value).toMatchObject([
      { Subject: "Hi", IsDraft: false },
    ]);
    await send({ SaveToSentItems: false });
    expect((await get(fake, "mailfolders/SentItems/messages")).body.value).toHaveLength(1);
  });

  it("sendmail wants a message with a recipient", async () => {
    const fake = small();
    expect(await call(fake, "POST", "sendmail", { body: {} })).toMatchObject({
      status: 400,
      body: { error: { code: "ErrorInvalidRequest" } },
    });
    expect(await call(fake, "POST", "sendmail", { body: { Message: {} } })).toMatchObject({
      status: 400,
      body: { error: { code: "ErrorInvalidRecipients" } },
    });
  });

  it("a draft is made in Drafts, sent once it has a recipient, then in Sent Items", async () => {
    const fake = small();
    const draft = await call(fake, "POST", "messages", { body: { Subject: "Draft" } });
    const id = draft.body["Id"] as string;
    expect(draft.body["IsDraft"]).toBe(true);
    expect((await get(fake, "mailfolders/drafts/messages")).body.value).toHaveLength(1);
    expect((await call(fake, "POST", `messages/${id}/send`)).status).toBe(400);
    await call(fake, "PATCH", `messages/${id}`, { body: { ToRecipients: recipients } });
    expect((await call(fake, "POST", `messages/${id}/send`)).status).toBe(202);
    expect((await get(fake, "mailfolders/drafts/messages")).body.value).toHaveLength(0);
    expect((await get(fake, "mailfolders/sentitems/messages")).body.value).toHaveLength(1);
    expect((await call(fake, "POST", "messages/nowhere/send")).status).toBe(404);
  });

  it("a message that is moved has another id, and its attachments still", async () => {
    const fake = small();
    const id = firstId(fake);
    const file = { Name: "a.txt", ContentBytes: "aGk=" };
    await call(fake, "POST", `messages/${id}/attachments`, { body: file });
    const moved = await call(fake, "POST", `messages/${id}/move`, {
      body: { DestinationId: "deleteditems" },
    });
    expect(moved).toMatchObject({ status: 201, body: { Subject: "Lunch" } });
    const newId = moved.body["Id"] as string;
    expect(newId).not.toBe(id);
    expect((await get(fake, `messages/${id}`)).status).toBe(404);
    expect((await get(fake, "mailfolders/deleteditems/messages")).body.value).toHaveLength(1);
    expect((await get(fake, `messages/${newId}/attachments`)).body.value).toHaveLength(1);
    for (const body of [{}, { DestinationId: "nowhere" }]) {
      const { status } = await call(fake, "POST", `messages/${newId}/move`, { body });
      expect(status).toBe("DestinationId" in body ? 404 : 400);
    }
  });

  it("a folder by id or by its well-known name, and messages made in it", async () => {
    const fake = small();
    const folders = (await get(fake, "mailfolders")).body.value ?? [];
    const projects = folders.find((folder) => folder["DisplayName"] === "Projects")?.["Id"];
    await call(fake, "POST", `mailfolders/${projects}/messages`, { body: { Subject: "Plan" } });
    expect((await get(fake, `mailfolders/${projects}/messages`)).body.value).toHaveLength(1);
    expect((await get(fake, "mailfolders/inbox")).body["DisplayName"]).toBe("Inbox");
    expect((await get(fake, "mailfolders/inbox/messages")).body.value).toHaveLength(3);
    expect((await get(fake, "mailfolders/nowhere/messages")).status).toBe(404);
  });

  it("attachments: list, create, read, raw bytes, delete, gone with their owner", async () => {
    const fake = small();
    const path = `messages/${firstId(fake)}`;
    const made = await call(fake, "POST", `${path}/attachments`, {
      body: { Name: "a.bin", ContentType: "image/png", ContentBytes: "AP+A" },
    });
    expect(made.status).toBe(201);
    const one = `${path}/attachments/${made.body["Id"]}`;
    expect((await get(fake, one)).body["Name"]).toBe("a.bin");
    const raw = await fake.fetch(`${fake.baseUrl}me/${one}/$value`, {
      headers: { Authorization: `Bearer ${fake.token}` },
    });
    expect(raw.headers.get("content-type")).toBe("image/png");
    expect([...new Uint8Array(await raw.arrayBuffer())]).toEqual([0, 255, 128]);
    expect((await call(fake, "DELETE", one)).status).toBe(204);
    expect((await get(fake, `${path}/attachments`)).body.value).toEqual([]);
    await call(fake, "DELETE", path);
    expect((await get(fake, `${path}/attachments`)).status).toBe(404);
  });
});

describe("ETags", () => {
  it("If-Match lets through what has not changed, else 412", async () => {
    const fake = small();
    const path = `messages/${firstId(fake)}`;
    const etag = (await get(fake, path)).body["@odata.etag"] as string;
    const patch = (tag: string): Promise<Got> =>
      call(fake, "PATCH", path, { body: { IsRead: true }, headers: { "If-Match": tag } });
    expect((await patch(etag)).status).toBe(200);
    expect(await patch(etag)).toMatchObject({
      status: 412,
      body: { error: { code: "ErrorIrresolvableConflict" } },
    });
    expect((await patch("*")).status).toBe(200);
    expect((await call(fake, "DELETE", path, { headers: { "If-Match": etag } })).status).toBe(412);
  });

  it("If-None-Match answers 304 as long as nothing has changed", async () => {
    const fake = small();
    const path = `messages/${firstId(fake)}`;
    const etag = (await get(fake, path)).headers.get("etag") ?? "";
    const again = await call(fake, "GET", path, { headers: { "If-None-Match": etag } });
    expect(again).toMatchObject({ status: 304, body: { text: "" } });
    await call(fake, "PATCH", path, { body: { IsRead: true } });
    const changed = await call(fake, "GET", path, { headers: { "If-None-Match": etag } });
    expect(changed.status).toBe(200);
  });
});

describe("query options", () => {
  it("$select gives the named properties, and what says which item it is", async () => {
    const fake = small();
    const { body } = await get(fake, "messages?$select=subject,Size");
    expect(Object.keys(body.value?.[0] ?? {})).toEqual([
      "@odata.id",
      "@odata.etag",
      "Id",
      "Subject",
      "Size",
    ]);
    const one = await get(fake, `messages/${firstId(fake)}?$select=Subject`);
    expect(one.body["Subject"]).toBe("Lunch");
    expect(one.body["Size"]).toBeUndefined();
    expect((await get(fake, "messages?$select=Nonsense")).status).toBe(400);
  });

  it("$filter compares", async () => {
    const fake = small();
    const cases: Record<string, unknown[]> = {
      "Subject eq 'Lunch'": ["Lunch"],
      "subject eq 'Rufus'' budget'": ["Rufus' budget"],
      "IsRead eq false": ["Rufus' budget", "Offsite"],
      "IsRead eq false and Size eq 2": ["Offsite"],
      "Subject eq 'Lunch and more' and Size eq 3": [],
      "Size ne 2": ["Lunch", "Rufus' budget"],
      "Size gt 1 and Size lt 3": ["Offsite"],
      "Size ge 2": ["Lunch", "Offsite"],
      "Size le 1": ["Rufus' budget"],
      "From/EmailAddress/Address eq 'dana@contoso.com'": ["Offsite"],
      "From eq null": ["Lunch", "Rufus' budget"],
      "ReceivedDateTime ge 2026-01-02T09:00:00+01:00": ["Lunch", "Offsite"],
    };
    for (const [filter, found] of Object.entries(cases)) {
      expect(await subjects(fake, `$filter=${encodeURIComponent(filter)}`), filter).toEqual(found);
    }
  });

  it("$filter beyond that is refused", async () => {
    const fake = small();
    for (
      const filter of [
        "",
        "Subject",
        "Subject eq",
        "contains(Subject,'x')",
        "Size eq 1 or Size eq 2",
      ]
    ) {
      const { status, body } = await get(fake, `messages?$filter=${encodeURIComponent(filter)}`);
      expect(status, filter).toBe(400);
      expect(body.error).toMatchObject({ code: "RequestBroker-ParseUri" });
    }
  });

  it("$orderby sorts, by several properties and either way", async () => {
    const fake = small();
    expect(await subjects(fake, "$orderby=Size")).toEqual(["Rufus' budget", "Offsite", "Lunch"]);
    expect(await subjects(fake, "$orderby=ReceivedDateTime%20desc"))
      .toEqual(["Lunch", "Offsite", "Rufus' budget"]);
    expect(await subjects(fake, "$orderby=IsRead,Size%20desc"))
      .toEqual(["Offsite", "Rufus' budget", "Lunch"]);
    expect(await subjects(fake, "$orderby=From/EmailAddress/Address%20desc,Size"))
      .toEqual(["Offsite", "Rufus' budget", "Lunch"]);
    expect(await subjects(fake, "$orderby=From/EmailAddress/Address,Size"))
      .toEqual(["Rufus' budget", "Lunch", "Offsite"]);
    expect((await get(fake, "messages?$orderby=Size%20sideways")).status).toBe(400);
  });

  it("$count counts what the filter lets through", async () => {
    const fake = small();
    const { body } = await get(fake, "messages?$count=true&$top=1&$filter=IsRead%20eq%20false");
    expect(body["@odata.count"]).toBe(2);
    expect(body.value).toHaveLength(1);
    expect((await get(fake, "messages/$count")).body).toEqual({ text: "3" });
  });

  it("$top and $skip cut a page out; out of bounds they are refused", async () => {
    const fake = small();
    expect(await subjects(fake, "$top=1&$skip=1")).toEqual(["Rufus' budget"]);
    for (const query of ["$top=0", "$top=1001", "$top=x", "$skip=-1", "$top=1&$top=2"]) {
      expect((await get(fake, `messages?${query}`)).status, query).toBe(400);
    }
  });

  it("an unknown query option is refused, one without $ ignored", async () => {
    const fake = small();
    expect((await get(fake, "messages?$expand=Attachments")).status).toBe(400);
    expect((await get(fake, "messages?cache=no")).status).toBe(200);
  });

  it("@odata.nextLink leads through all pages, 10 items each by default", async () => {
    const fake = fakeOutlook({ mailboxes: { [RUFUS]: { messages: 25 } } });
    const sizes: number[] = [];
    const ids = new Set<unknown>();
    let link: string | undefined = "messages?$orderby=ReceivedDateTime&$select=Subject";
    while (link !== undefined) {
      const { body }: Got = await get(fake, link);
      sizes.push(body.value?.length ?? 0);
      body.value?.forEach((item) => ids.add(item["Id"]));
      link = body["@odata.nextLink"] as string | undefined;
    }
    expect(sizes).toEqual([10, 10, 5]);
    expect(ids.size).toBe(25);
  });

  it("Prefer: odata.maxpagesize sets the size of a page", async () => {
    const { body } = await call(small(), "GET", "messages", {
      headers: { Prefer: "odata.maxpagesize=2" },
    });
    expect(body.value).toHaveLength(2);
    expect(body["@odata.nextLink"]).toContain("%24skip=2");
  });
});
