import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import {
  after,
  atomic,
  type Batcher,
  DependencyError,
  get,
  type HttpRequest,
  OperationError,
  post,
  put,
  ref,
  ResponseError,
  SchemaError,
} from "../../mod.ts";
import { answerTo, errorOf, graphBy, odataBy, WAYS } from "./support.ts";

const open: Batcher[] = [];
afterEach(async () => {
  for (const batcher of open.splice(0)) await batcher.close();
});

/** Closed when the test is over. */
function kept<R extends { readonly batcher: Batcher }>(rig: R): R {
  open.push(rig.batcher);
  return rig;
}

describe.each(WAYS)("a batcher, %s", (way) => {
  it("gives each operation its own answer, in one POST", async () => {
    const { batcher, service } = kept(graphBy(way));
    const [messages, events, created] = await Promise.all([
      answerTo(batcher, get<{ value: unknown[] }>("me/messages?$top=3")),
      answerTo(batcher, get("me/events")),
      answerTo(batcher, post<{ subject: string }>("me/messages", { subject: "Grüße 🌍" })),
    ]);
    expect(messages.body.value).toHaveLength(3);
    expect([events.status, created.status, created.attempts]).toEqual([200, 201, 1]);
    expect(created.body.subject).toBe("Grüße 🌍");
    expect(service.posts).toBe(1);
  });

  it("names the operation that was submitted in each response", async () => {
    const { batcher } = kept(graphBy(way));
    const operation = get("me/messages");
    expect((await answerTo(batcher, operation)).operation).toBe(operation);
  });

  it("fails one operation alone, with an error of its class that says what the server said", async () => {
    const { batcher } = kept(graphBy(way));
    const missing = get("me/messages/nobody", { label: "missing" });
    const [error, other] = await Promise.all([
      errorOf(batcher, missing),
      answerTo(batcher, get("me/messages")),
    ]);
    expect(other.status).toBe(200);
    expect(error).toBeInstanceOf(ResponseError);
    expect(error).toMatchObject({ _tag: "ResponseError", status: 404, attempts: 1 });
    expect((error as ResponseError).code).toBe("ErrorItemNotFound");
    expect((error as ResponseError).response.body).toHaveProperty("error.code");
    expect(error.operation).toBe(missing);
    expect(error.message).toContain(`operation ${missing.id} (missing)`);
  });

  it("counts an error among okStatuses as an answer", async () => {
    const { batcher } = kept(graphBy(way));
    const { status, body } = await answerTo(
      batcher,
      get("me/messages/nobody", { okStatuses: [404] }),
    );
    expect([status, body]).toEqual([404, undefined]);
  });

  it("checks bodies with the operation's schema", async () => {
    const { batcher } = kept(graphBy(way));
    const schema = z.object({ value: z.array(z.object({ id: z.string() })) });
    const { body } = await answerTo(batcher, get("me/messages?$top=1", { schema }));
    expect(Object.keys(body.value[0]!)).toEqual(["id"]);
    const wrong = z.object({ value: z.string() });
    expect(await errorOf(batcher, get("me/messages", { schema: wrong }))).toBeInstanceOf(
      SchemaError,
    );
  });

  it("gives bytes and text as they came where they are asked for", async () => {
    const { batcher } = kept(graphBy(way));
    const [bytes, text] = await Promise.all([
      answerTo(batcher, get<Uint8Array>("me/messages?$top=1", { read: "bytes" })),
      answerTo(batcher, get<string>("me/messages?$top=1", { read: "text" })),
    ]);
    expect(bytes.body).toBeInstanceOf(Uint8Array);
    expect(new TextDecoder().decode(bytes.body)).toBe(text.body);
  });

  it("rule 8: sends an operation after those that it depends on", async () => {
    const { batcher, service } = kept(graphBy(way));
    const first = post("me/messages", { subject: "1" }, { label: "1" });
    const second = post("me/messages", { subject: "2" }, { dependsOn: [first] });
    const third = post("me/messages", { subject: "3" }, { dependsOn: [second] });
    await Promise.all([first, second, third].map((operation) => answerTo(batcher, operation)));
    const subjects = service.ledger.entries.map(({ bodyText }) => JSON.parse(bodyText!).subject);
    expect(subjects).toEqual(["1", "2", "3"]);
  });

  it("rule 9: fails what depends on one that failed, and never runs it", async () => {
    const { batcher, service } = kept(graphBy(way));
    const parent = get("me/messages/nobody");
    const child = post("me/messages", { subject: "never" }, { dependsOn: [parent] });
    const grandchild = post("me/messages", { subject: "nor this" }, { dependsOn: [child] });
    const errors = await Promise.all(
      [parent, child, grandchild].map((one) => errorOf(batcher, one)),
    );
    expect(errors.map(({ _tag }) => _tag)).toEqual([
      "ResponseError",
      "DependencyError",
      "DependencyError",
    ]);
    expect(errors[1]).toBeInstanceOf(DependencyError);
    expect(errors[1]!.cause).toMatchObject({ _tag: "ResponseError", status: 404 });
    const written = service.ledger.entries.filter(({ method }) => method === "POST");
    expect(written.filter(({ carriedOut }) => carriedOut)).toEqual([]);
  });

  it("rule 11: sends operations of one ordering key one after another, across mailboxes too", async () => {
    const mailboxes = { "rufus@contoso.com": {}, "danas@contoso.com": {} };
    const { batcher, service } = kept(graphBy(way, { fake: { mailboxes } }));
    const operations = Array.from({ length: 8 }, (_, at) => {
      const user = at % 2 === 0 ? "rufus" : "danas";
      return post(`users/${user}@contoso.com/messages`, { subject: `${at}` }, {
        orderingKey: "one",
      });
    });
    await Promise.all(operations.map((operation) => answerTo(batcher, operation)));
    const subjects = service.ledger.entries.map(({ bodyText }) => JSON.parse(bodyText!).subject);
    expect(subjects).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"]);
  });

  it("rule 10: refuses what depends on an operation that was never submitted", async () => {
    const { batcher } = kept(graphBy(way));
    const error = await errorOf(batcher, get("me/messages", { dependsOn: [get("me/events")] }));
    expect(error).toBeInstanceOf(OperationError);
  });

  it("rule 32: builds an operation from answers, in another mailbox too", async () => {
    const mailboxes = { "rufus@contoso.com": {}, "danas@contoso.com": {} };
    const { batcher, service } = kept(graphBy(way, { fake: { mailboxes } }));
    const draft = post<{ id: string }>("users/rufus@contoso.com/messages", { subject: "here" });
    const copy = after(
      draft,
      ({ body }) => post("users/danas@contoso.com/messages", { subject: `copy of ${body.id}` }),
    );
    const [first, second] = await Promise.all([answerTo(batcher, draft), answerTo(batcher, copy)]);
    expect(second.body).toMatchObject({ subject: `copy of ${first.body.id}` });
    expect(service.ledger.entries.map(({ mailbox }) => mailbox)).toEqual([
      "rufus@contoso.com",
      "danas@contoso.com",
    ]);
  });

  it("rule 23: repeats a part that was throttled, and says how often", async () => {
    const { batcher, service } = kept(graphBy(way));
    service.next({ name: "status", status: 429, on: "part", times: 1 });
    const { status, attempts } = await answerTo(batcher, post("me/messages", { subject: "once" }));
    expect([status, attempts, service.ledger.carriedOut()]).toEqual([201, 2, 1]);
  });

  it("says what is uncertain when a connection breaks, and does not repeat it", async () => {
    const { batcher, service } = kept(graphBy(way));
    service.next({ name: "reset" });
    const error = await errorOf(batcher, post("me/messages", { subject: "?" }));
    expect(error).toMatchObject({ _tag: "NotExecutedError", certain: false, attempts: 1 });
    expect(service.posts).toBe(1);
  });

  it("rule 31: carries atomic groups, and says what became of each member", async () => {
    const seen: string[] = [];
    let isFailing = false;
    const batcher = odataBy(way, (request: HttpRequest) => {
      const text = new TextDecoder().decode(request.body);
      seen.push(text);
      const { requests } = JSON.parse(text) as { requests: { id: string; url: string }[] };
      const responses = requests.map(({ id }, at) =>
        isFailing && at === 1
          ? { id, status: 409, headers: {}, body: { error: { code: "Taken", message: "no" } } }
          : { id, status: isFailing ? 424 : 201, headers: {}, body: { at } }
      );
      const body = new TextEncoder().encode(JSON.stringify({ responses }));
      return [{ status: 200, headers: { "content-type": "application/json" }, body: [body] }];
    });
    open.push(batcher);
    const group = () => {
      const customer = post("Customers", { Name: "Contoso" });
      const order = post(`${ref(customer)}/Orders`, { "Customer@odata.bind": ref(customer) });
      return atomic([customer, order], { label: "both" });
    };
    const { body } = await answerTo(batcher, group());
    expect(body.map((response) => [response.status, response.body])).toEqual([
      [201, { at: 0 }],
      [201, { at: 1 }],
    ]);
    const { requests } = JSON.parse(seen[0]!);
    expect(requests[1].url).toBe(`$${requests[0].id}/Orders`);
    expect(requests[1].body).toEqual({ "Customer@odata.bind": `$${requests[0].id}` });
    isFailing = true;
    const failing = group();
    const error = await errorOf(batcher, failing);
    expect(error).toMatchObject({ _tag: "ResponseError", status: 409, code: "Taken" });
    expect(error.members?.map(({ operation, isCulprit }) => [operation, isCulprit])).toEqual([
      [failing.members[0], false],
      [failing.members[1], true],
    ]);
  });

  it("sends everything that sendAll is given, one result each", async () => {
    const { batcher, service } = kept(graphBy(way));
    const operations = Array.from(
      { length: 45 },
      (_, at) =>
        at === 7
          ? get("me/messages/nobody")
          : put(`me/messages/nobody-${at}`, {}, { okStatuses: [404, 405] }),
    );
    const results = [];
    for await (const result of batcher.sendAll(operations)) results.push(result);
    expect(results).toHaveLength(45);
    expect(new Set(results.map(({ operation }) => operation)).size).toBe(45);
    expect(results.filter(({ ok }) => !ok).map(({ operation }) => operation)).toEqual([
      operations[7],
    ]);
    expect(service.posts).toBe(3);
  });

  it("tells events of the whole way, in the words of one process", async () => {
    const { batcher } = kept(graphBy(way));
    const told: string[] = [];
    batcher.events.subscribe((event) => told.push(event.type));
    await answerTo(batcher, get("me/messages"));
    await errorOf(batcher, get("me/messages/nobody"));
    await batcher.close();
    const once = ["queued", "sent", "answered", "settled"];
    expect([...told].sort()).toEqual([...once, ...once].sort());
    expect([told[0], told[1]]).toEqual(["queued", "sent"]);
  });

  it("rule 20: settles everything before close resolves, and refuses what comes later", async () => {
    const { batcher } = graphBy(way);
    const answer = answerTo(batcher, get("me/messages"));
    await batcher.close();
    expect((await answer).status).toBe(200);
    expect(await errorOf(batcher, get("me/messages"))).toMatchObject({ _tag: "ClosedError" });
  });

  it("rule 19: never sends what is left before it leaves", async () => {
    const { batcher, service } = kept(graphBy(way));
    batcher.send(post("me/messages", { subject: "left" })).subscribe().unsubscribe();
    await answerTo(batcher, get("me/messages"));
    expect(service.ledger.entries.map(({ method }) => method)).toEqual(["GET"]);
  });
});
