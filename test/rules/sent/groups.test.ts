import { firstValueFrom } from "rxjs";
import { describe, expect, it } from "vitest";
import {
  after,
  type AnyOperation,
  atomic,
  type Batcher,
  createGraphBatcher,
  createOutlookBatcher,
  del,
  get,
  type HttpRequest,
  type Operation,
  OperationError,
  type OperationResponse,
  post,
  put,
  ref,
} from "../../../mod.ts";
import { linesOf, multipart, Service } from "./odata_service.ts";

const customer = post("Customers", { Name: "Contoso" });

const order = post(`${ref(customer)}/Orders`, { Product: "Bread" });

const two = (): [Operation, Operation] => [post("A", { n: 1 }), post("B", { n: 2 })];

describe("rule 31: a group at the door", () => {
  it.each<[string, () => unknown, string]>([
    ["nothing in it", () => atomic([]), "nothing in it"],
    ["a read", () => atomic([get("A")]), "a GET"],
    [
      "an order of a member's own",
      () => atomic([post("A", {}, { dependsOn: [customer] })]),
      "order",
    ],
    ["a member twice", () => atomic([customer, customer]), "twice"],
    ["a group in a group", () => atomic([atomic(two()) as never]), "made of others"],
    ["a ref to what is no member", () => atomic([order]), "none"],
    ["a ref to a later member", () => atomic([order, customer]), "none"],
    [
      "members of two accounts",
      () => atomic([post("A", {}, { account: "a" }), post("B", {}, { account: "b" })]),
      "several",
    ],
  ])("refuses %s", (_, make, value) => {
    expect(make).toThrow(OperationError);
    expect(make).toThrow(value);
  });

  it("refuses what the batcher cannot carry, and sends the others", () => {
    const service = new Service(() => multipart([{ id: 1, status: 204 }]), {
      maxBatchSize: 2,
      maxBatchBytes: 1_000,
    });
    service.send("large", atomic([del("A"), del("B"), del("C")]));
    service.send("heavy", atomic([post("A", "x".repeat(2_000))]));
    service.send("loose", order);
    service.send("good", del("D"));
    service.run();
    expect(service.told).toEqual([
      "large OperationError",
      "heavy OperationError",
      "loose OperationError",
      "good 204",
    ]);
    expect(service.errors[0]?.message).toContain("maxBatchSize (2)");
    expect(service.errors[2]?.message).toContain("use after");
    expect(service.sent.map(linesOf)).toEqual([["DELETE D"]]);
  });

  it.each<[string, () => Batcher]>([
    ["Graph", () => createGraphBatcher()],
    ["Outlook", () => createOutlookBatcher()],
  ])("is refused by %s, which knows no change sets", async (_, make) => {
    await expect(firstValueFrom(make().send(atomic(two())))).rejects.toMatchObject({
      _tag: "OperationError",
    });
  });
});

describe("rule 31: a group on the wire", () => {
  it("is a change set, with the operations' own ids in the whole POST, so that references hold", () => {
    const read = get("A");
    const service = new Service(() =>
      multipart([
        { id: read.id, status: 200 },
        [{ id: order.id, status: 201, body: { n: 2 } }, {
          id: customer.id,
          status: 201,
          body: { n: 1 },
        }],
      ])
    );
    service.send("read", read);
    const both = service.send("both", atomic([customer, order]));
    service.run();
    const [text] = service.sent;
    expect(linesOf(text)).toEqual(["GET A", "POST Customers", `POST $${customer.id}/Orders`]);
    expect([...text!.matchAll(/Content-ID: (\d+)/g)].map(([, id]) => Number(id)))
      .toEqual([read.id, customer.id, order.id]);
    expect(service.told.sort()).toEqual(["both 200", "read 200"]);
    const body = both.response!.body as readonly OperationResponse[];
    expect(body.map(({ operation, status, body }) => [operation, status, body])).toEqual([
      [customer, 201, { n: 1 }],
      [order, 201, { n: 2 }],
    ]);
  });

  it("is an atomicityGroup in JSON, whose reference is a dependency", () => {
    const group = atomic([customer, order]);
    const service = new Service(
      () =>
        JSON.stringify({
          responses: [
            { id: String(order.id), status: 201, body: { n: 2 } },
            { id: String(customer.id), status: 201, body: { n: 1 } },
          ],
        }),
      { format: "json" },
    );
    const sent = service.send("both", group);
    service.run();
    expect(
      JSON.parse(service.sent[0]!).requests.map(
        (
          { id, atomicityGroup, dependsOn, url }: Record<string, unknown>,
        ) => [id, atomicityGroup, dependsOn, url],
      ),
    ).toEqual([
      [String(customer.id), `g${group.id}`, undefined, "Customers"],
      [String(order.id), `g${group.id}`, [String(customer.id)], `$${customer.id}/Orders`],
    ]);
    expect((sent.response!.body as readonly OperationResponse[]).map(({ body }) => body))
      .toEqual([{ n: 1 }, { n: 2 }]);
  });

  it("has dependencies in JSON for references in bodies and headers, too", () => {
    const a = post("A", {});
    const b = post("B", { "A@odata.bind": ref(a), price: "$7", other: `$${a.id}0` });
    const c = put("C", { both: [`${ref(b)}/Id`, ref(a), ref(a)] }, {
      headers: { "If-Match": ref(b) },
    });
    const service = new Service(() => '{"responses":[]}', { format: "json", retry: false });
    service.send("group", atomic([a, b, c]));
    service.run();
    const needs = JSON.parse(service.sent[0]!).requests.map(({ dependsOn }: never) => dependsOn);
    expect(needs).toEqual([undefined, [String(a.id)], [String(b.id), String(a.id)]]);
  });

  it("counts its members against maxBatchSize, and is never cut", () => {
    const service = new Service((text) =>
      multipart(
        text.split(/\r\n--batch_\w+\r\n|^--batch_\w+\r\n/).slice(1).map((part) => {
          const ids = [...part.matchAll(/Content-ID: (\d+)/g)].map(([, id]) => ({
            id: id!,
            status: 204,
          }));
          return part.includes("multipart/mixed") ? ids : ids[0]!;
        }),
      ), { maxBatchSize: 4 });
    for (const name of ["a", "b", "c"]) {
      service.send(name, atomic([del(`${name}1`), del(`${name}2`), del(`${name}3`)]));
    }
    service.send("d", del("d"));
    service.run();
    expect(service.sent.map((text) => linesOf(text).length)).toEqual([3, 3, 4]);
    expect(service.told.sort()).toEqual(["a 200", "b 200", "c 200", "d 204"]);
  });

  it("shares a POST with no other change set where the service takes one", () => {
    const service = new Service(
      (text) =>
        multipart([
          [...text.matchAll(/Content-ID: (\d+)/g)].map(([, id]) => ({ id: id!, status: 204 })),
        ]),
      { changeSetsPerBatch: 1 },
    );
    service.send("a", atomic(two()));
    service.send("b", atomic(two()));
    service.run();
    expect(service.sent.map((text) => linesOf(text).length)).toEqual([2, 2]);
    expect(service.told).toEqual(["a 200", "b 200"]);
  });

  it("waits for the next batch when one of its operations is in this one already", () => {
    const shared = post("A", {});
    const service = new Service((text) =>
      multipart([
        [...text.matchAll(/Content-ID: (\d+)/g)].map(([, id]) => ({ id: id!, status: 204 })),
      ])
    );
    service.send("one", atomic([shared]));
    service.send("two", atomic([shared, post("B", {})]));
    service.run();
    expect(service.sent.map((text) => linesOf(text).length)).toEqual([1, 2]);
    expect(service.told).toEqual(["one 200", "two 200"]);
  });

  it.each(["oog", "ogo", "goo", "ogg", "gog", "ggo", "oogg"])(
    "has no id twice on the wire when one operation is sent several times beside it: %s",
    (order) => {
      const sent: string[][] = [];
      const service = new Service((text) => {
        const { requests } = JSON.parse(text) as { requests: { id: string }[] };
        sent.push(requests.map(({ id }) => id));
        return JSON.stringify({ responses: requests.map(({ id }) => ({ id, status: 201 })) });
      }, { format: "json" });
      const [o, g] = [post("A", {}), atomic([post("B", {})])];
      for (const letter of order) service.send(letter, letter === "o" ? o : g);
      service.run();
      expect(service.told.sort()).toEqual(
        [...order].sort().map((letter) => letter === "o" ? "o 201" : "g 200"),
      );
      for (const ids of sent) expect(new Set(ids).size).toBe(ids.length);
      expect(sent.flat()).toHaveLength(order.length);
    },
  );
});

describe("rule 31: a group is one operation", () => {
  it("is repeated whole when it was throttled, as the same bytes", () => {
    const members = two();
    const [a, b] = members;
    const service = new Service((_, number) =>
      number === 1
        ? multipart([{ status: 429, headers: ["Retry-After: 1"] }])
        : multipart([[{ id: a.id, status: 201 }, { id: b.id, status: 201 }]])
    );
    service.send("group", atomic(members));
    service.run();
    expect(service.told).toEqual(["group 200"]);
    expect(service.sent.map(linesOf)).toEqual([["POST A", "POST B"], ["POST A", "POST B"]]);
  });

  it("rule 33: goes again after a status of which each member's caller says that it did not run", () => {
    const vouched = { retry: { statuses: [409] } };
    const sentBy = (members: readonly [Operation, Operation], options = {}) => {
      const [a, b] = members;
      const service = new Service(
        (_, number) =>
          number === 1
            ? multipart([{ status: 409 }])
            : multipart([[{ id: a.id, status: 201 }, { id: b.id, status: 201 }]]),
        options,
      );
      service.send("group", atomic(members));
      return [service.run().sent.length, ...service.told];
    };
    expect(sentBy([post("A", {}, vouched), post("B", {}, vouched)])).toEqual([2, "group 200"]);
    expect(sentBy([post("A", {}, vouched), post("B", {})])).toEqual([1, "group ResponseError"]);
    expect(sentBy([post("A", {}, vouched), post("B", {}, { retry: false })]))
      .toEqual([1, "group ResponseError"]);
    expect(sentBy([post("A", {}, vouched), post("B", {}, vouched)], { retry: false }))
      .toEqual([1, "group ResponseError"]);
  });

  it("is never repeated when nobody knows whether it ran, unless all of it may be", () => {
    const sentBy = (group: AnyOperation) => {
      const service = new Service(() => multipart([{ status: 504 }]), {
        retry: { maxRetries: 1, baseDelayMs: 1 },
      });
      service.send("group", group);
      return service.run().sent.length;
    };
    expect(sentBy(atomic([put("A", {}), post("B", {})]))).toBe(1);
    expect(sentBy(atomic([put("A", {}), put("B", {})]))).toBe(2);
  });

  it("is withdrawn whole before it leaves", () => {
    const service = new Service(() => multipart([{ id: 1, status: 204 }]));
    const sent = service.batcher.send(atomic(two())).subscribe();
    service.send("other", del("C"));
    sent.unsubscribe();
    service.run();
    expect(service.sent.map(linesOf)).toEqual([["DELETE C"]]);
  });

  it("depends on others, others depend on it, and its answer builds the next", () => {
    const first = post<{ n: number }>("First", {});
    const group = atomic([post("A", {}), post("B", {})] as const, { dependsOn: [first] });
    const next = after(group, ({ body }) => post(`Next/${body.length}`, {}));
    const last = atomic([post("C", {}, {})]);
    const built = after(next, () => last);
    const service = new Service((text) => {
      const ids = [...text.matchAll(/Content-ID: (\d+)/g)].map(([, id]) => ({
        id: id!,
        status: 201,
      }));
      return multipart(text.includes("boundary=chset_") ? [ids] : ids);
    });
    service.send("first", first);
    service.send("group", group);
    service.send("next", next);
    service.send("built", built);
    service.run();
    expect(service.sent.map(linesOf)).toEqual([
      ["POST First"],
      ["POST A", "POST B"],
      ["POST Next/2"],
      ["POST C"],
    ]);
    expect(service.told).toEqual(["first 201", "group 200", "next 201", "built 200"]);
  });

  it("has members that are no submissions of their own", () => {
    const service = new Service(() => multipart([{ status: 500 }]));
    const members = two();
    service.send("group", atomic(members));
    service.send("child", del("C", { dependsOn: [members[0]] }));
    expect(service.told).toEqual(["child OperationError"]);
    service.run();
  });
});

it("rule 31: a request is typed by its members", () => {
  const group = atomic([post<{ a: string }>("A", {}), post<{ b: number }>("B", {})]);
  const read = (batcher: Batcher, _request?: HttpRequest) => batcher.send(group);
  const check = async (batcher: Batcher) => {
    const { body } = await firstValueFrom(read(batcher));
    const name: string = body[0].body.a;
    const count: number = body[1].body.b;
    return [name, count];
  };
  expect(typeof check).toBe("function");
});
