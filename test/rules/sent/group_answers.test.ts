import { describe, expect, it } from "vitest";
import * as z from "zod";
import {
  atomic,
  type DecodeError,
  del,
  type Operation,
  type OperationResponse,
  post,
  put,
  type ResponseError,
} from "../../../mod.ts";
import { type Answer, multipart, Service } from "./odata_service.ts";

const two = (): [Operation, Operation] => [post("A", { n: 1 }), post("B", { n: 2 })];

describe("rule 31: a part is the member's whose id it carries", () => {
  type Ids = readonly [number, number, number];
  const named = (n: number, id?: number): Answer => ({
    ...(id === undefined ? {} : { id }),
    status: 200,
    body: { n },
  });
  /** Services of version 3 write the id into the answer itself (protocol E18). */
  const within = (n: number, id: number): Answer => ({
    ...named(n),
    headers: [`Content-ID: ${id}`],
  });

  function told(answers: (ids: Ids) => readonly Answer[]): unknown {
    const members = [post("A", {}), post("B", {}), post("C", {})] as const;
    const [a, b, c] = members.map(({ id }) => id) as [number, number, number];
    const service = new Service(() => multipart([answers([a, b, c])]));
    const kept = service.send("group", atomic(members));
    service.run();
    expect(service.sent).toHaveLength(1);
    const { response } = kept as { response: OperationResponse<{ body: { n: number } }[]> };
    return response?.body.map(({ body }) => body.n) ?? service.errors[0];
  }

  it.each<[string, (ids: Ids) => readonly Answer[]]>([
    ["all of them, in another order", ([a, b, c]) => [named(3, c), named(1, a), named(2, b)]],
    ["all but one", ([a, , c]) => [named(3, c), named(2), named(1, a)]],
    ["one, in its place", ([, b]) => [named(1), named(2, b), named(3)]],
    ["none", () => [named(1), named(2), named(3)]],
    ["all, within their answers", ([a, b, c]) => [within(2, b), within(3, c), within(1, a)]],
    ["some within their answers", ([a]) => [named(1), within(2, a), named(3)]],
    ["one within twice", ([a, b]) => [within(1, a), within(2, b), within(3, a)]],
    ["a foreign one within", ([a, b]) => [within(1, b), within(2, a), within(3, 999_999_999)]],
  ])("where it names %s", (_, answers) => {
    expect(told(answers)).toEqual([1, 2, 3]);
  });

  it.each<[string, (ids: Ids) => readonly Answer[]]>([
    ["one of them twice", ([a, , c]) => [named(1, a), named(1, a), named(3, c)]],
    ["one in another's place", ([a]) => [named(2), named(1, a), named(3)]],
    ["a foreign one", ([a, b]) => [named(1, a), named(2, b), named(3, 999_999_999)]],
  ])("and nobody's where it names %s", (_, answers) => {
    expect(told(answers)).toMatchObject({ _tag: "NotExecutedError", certain: false });
  });

  it("rule 14: a group's place is known by the ids within, if all together name each operation", () => {
    const [a, b, c] = [post("A", {}), post("B", {}), post("C", {})];
    const service = new Service(() =>
      multipart([within(3, c.id), [within(2, b.id), within(1, a.id)]])
    );
    const group = service.send("group", atomic([a, b]));
    const plain = service.send("plain", c);
    service.run();
    expect(service.told).toEqual(["plain 200", "group 200"]);
    expect(plain.response?.body).toEqual({ n: 3 });
    expect((group.response?.body as OperationResponse[]).map(({ body }) => body))
      .toEqual([{ n: 1 }, { n: 2 }]);
  });
});

describe("rule 31: any failure in a group is that of all", () => {
  it("also one that a member would take for an answer, when it stands for the whole set", () => {
    const group = atomic([del("A", { okStatuses: [404] }), post("B", {})]);
    const service = new Service(() => multipart([{ status: 404 }]));
    service.send("group", group);
    service.run();
    expect(service.told).toEqual(["group ResponseError"]);
  });

  const error = { error: { code: "Conflict", message: "there already" } };

  it.each<[string, (ids: readonly number[]) => string]>([
    ["one part for the whole set", () => multipart([{ status: 409, body: error }])],
    ["a nested part with one error", () => multipart([[{ status: 409, body: error }]])],
    [
      "parts for each member",
      ([a, b]) => multipart([[{ id: a!, status: 424 }, { id: b!, status: 409, body: error }]]),
    ],
    [
      "parts that lie about what was rolled back",
      ([a, b]) => multipart([[{ id: a!, status: 201 }, { id: b!, status: 409, body: error }]]),
    ],
  ])("told by %s", (_, answer) => {
    const members = two();
    const service = new Service(() => answer(members.map(({ id }) => id)));
    service.send("group", atomic(members));
    service.run();
    expect(service.told).toEqual(["group ResponseError"]);
    const failed = service.errors[0] as ResponseError;
    expect([failed.status, failed.code]).toEqual([409, "Conflict"]);
    expect(failed.members?.map(({ operation, certain }) => [operation, certain]))
      .toEqual(members.map((member) => [member, true]));
    expect(service.sent.length).toBe(1);
  });

  it("says what each member's own part said, and whose error it is", () => {
    const [a, b] = two();
    const service = new Service(() =>
      multipart([[{ id: a.id, status: 201, body: { n: 1 } }, {
        id: b.id,
        status: 409,
        body: error,
      }]])
    );
    service.send("group", atomic([a, b]));
    service.run();
    const { members } = service.errors[0] as ResponseError;
    expect(members?.map(({ isCulprit, response }) => [isCulprit, response?.status, response?.body]))
      .toEqual([[false, 201, { n: 1 }], [true, 409, error]]);
  });

  it("told by one of the members' responses in JSON, which lie after a rollback", () => {
    const [a, b] = two();
    const responses = [
      { id: String(a.id), status: 201, body: {} },
      { id: String(b.id), status: 409, body: error },
    ];
    const service = new Service(() => JSON.stringify({ responses }), { format: "json" });
    service.send("group", atomic([a, b]));
    service.run();
    expect(service.told).toEqual(["group ResponseError"]);
  });

  it("says of all what was done when the body of one cannot be decoded", () => {
    const [a, b] = two();
    const json = "Content-Type: application/json";
    const service = new Service(() =>
      multipart([[
        { id: a.id, status: 201, headers: ["Location: /A(1)"] },
        { id: b.id, status: 201, headers: ["Location: /B(2)", json, "", "{broken"] },
      ]])
    );
    service.send("group", atomic([a, b]));
    service.run();
    expect(service.told).toEqual(["group DecodeError"]);
    expect(service.errors[0]).toMatchObject({
      response: { status: 201, headers: { location: "/B(2)" } },
      detail: expect.stringContaining("{broken"),
      members: [
        { operation: a, isCulprit: false, certain: false, response: { status: 201 } },
        { operation: b, isCulprit: true, certain: false, response: { status: 201 } },
      ],
    });
    const [first] = (service.errors[0] as DecodeError).members!;
    expect(first!.response!.headers).toMatchObject({ location: "/A(1)" });
    expect(service.sent.length).toBe(1);
  });

  it("is certain of no rollback where an earlier attempt may have run", () => {
    const members = [put("A", { n: 1 }), put("B", { n: 2 })] as const;
    const service = new Service((_, number) => {
      if (number === 1) throw new Error("reset");
      return multipart([{ status: 412 }]);
    });
    service.send("group", atomic(members));
    service.run();
    expect(service.told).toEqual(["group ResponseError"]);
    expect(service.errors[0]).toMatchObject({
      status: 412,
      attempts: 2,
      members: [{ certain: false }, { certain: false }],
    });
  });

  it("nor where the error says nothing of what ran", () => {
    const service = new Service(() => multipart([{ status: 503 }]));
    service.send("group", atomic(two()));
    service.run();
    expect(service.errors[0]).toMatchObject({
      _tag: "ResponseError",
      status: 503,
      members: [{ certain: false }, { certain: false }],
    });
    expect(service.sent.length).toBe(1);
  });

  it.each(["multipart", "json"] as const)(
    "rule 14: takes an interim status for no answer of a member, in %s",
    (format) => {
      const answers = (ids: readonly number[], last: number) =>
        format === "multipart"
          ? multipart([[{ id: ids[0]!, status: 204 }, { id: ids[1]!, status: last }]])
          : JSON.stringify({
            responses: ids.map((id, at) => ({ id: String(id), status: at === 0 ? 204 : last })),
          });
      for (const make of [post, put]) {
        const members = [make("A", {}), make("B", {})] as const;
        const service = new Service(
          (_, number) => answers(members.map(({ id }) => id), number === 1 ? 100 : 204),
          { format },
        );
        service.send("group", atomic(members));
        service.run();
        expect(service.told).toEqual([make === put ? "group 200" : "group NotExecutedError"]);
        expect(service.sent.length).toBe(make === put ? 2 : 1);
      }
    },
  );

  it("or of nobody, when its place holds too few answers: then nothing is certain", () => {
    const [a, b] = two();
    const service = new Service(() => multipart([[{ id: a.id, status: 201 }]]));
    service.send("group", atomic([a, b]));
    service.run();
    expect(service.told).toEqual(["group NotExecutedError"]);
    expect(service.errors[0]).toMatchObject({ certain: false });
    expect(service.sent.length).toBe(1);
  });

  it("checks each member's body with its own schema", () => {
    const a = post("A", {}, { schema: z.object({ n: z.number() }) });
    const b = post("B", {}, { schema: z.object({ n: z.string() }) });
    const service = new Service(() =>
      multipart([[{ id: a.id, status: 201, body: { n: 1, more: 2 } }, {
        id: b.id,
        status: 201,
        body: { n: 2 },
      }]])
    );
    service.send("group", atomic([a, b]));
    service.run();
    expect(service.told).toEqual(["group SchemaError"]);
    expect(service.errors[0]).toMatchObject({
      issues: [{ path: [1, "body", "n"] }],
      members: [
        { operation: a, isCulprit: false, certain: false, response: { status: 201 } },
        { operation: b, isCulprit: true, certain: false, response: { body: { n: 2 } } },
      ],
    });
  });

  it("hands each member's body on as its schema made it", () => {
    const a = post("A", {}, { schema: z.object({ n: z.number() }) });
    const service = new Service(() =>
      multipart([[{ id: a.id, status: 201, body: { n: 1, more: 2 } }]])
    );
    const sent = service.send("group", atomic([a]));
    service.run();
    expect((sent.response!.body as readonly OperationResponse[])[0]?.body).toEqual({ n: 1 });
  });
});

describe("rule 31: a service that does not undo a change set", () => {
  const halfDone = ([a, b]: readonly Operation[]) =>
    multipart([[{ id: a!.id, status: 201 }, { id: b!.id, status: 429 }]]);

  it("is not sent a group again of which a member has run, unless that does no harm", () => {
    const members = two();
    const service = new Service(() => halfDone(members), { writes: "changeSet" });
    service.send("group", atomic(members));
    service.run();
    expect(service.told).toEqual(["group ResponseError"]);
    expect(service.sent).toHaveLength(1);
    expect((service.errors[0] as ResponseError).members?.map(({ certain }) => certain))
      .toEqual([false, false]);

    const harmless = [put("A(1)", { n: 1 }), put("B(1)", { n: 2 })];
    const patient = new Service(
      (_, number) =>
        number === 1
          ? halfDone(harmless)
          : multipart([harmless.map(({ id }) => ({ id, status: 204 }))]),
      { writes: "changeSet" },
    );
    patient.send("group", atomic(harmless));
    patient.run();
    expect(patient.told).toEqual(["group 200"]);
    expect(patient.sent).toHaveLength(2);
  });

  it("is believed when it refuses the group as a whole", () => {
    const members = two();
    const service = new Service(
      (_, number) =>
        multipart(
          number === 1 ? [{ status: 429 }] : [members.map(({ id }) => ({ id, status: 204 }))],
        ),
      { writes: "changeSet" },
    );
    service.send("group", atomic(members));
    service.run();
    expect(service.told).toEqual(["group 200"]);
  });

  it("is one that is said to, where rollsBack says so: then what its parts say is certain", () => {
    const members = two();
    const options = { writes: "changeSet", rollsBack: true } as const;
    const service = new Service(
      (_, number) =>
        number === 1
          ? halfDone(members)
          : multipart([[{ id: members[0].id, status: 201 }, { id: members[1].id, status: 409 }]]),
      options,
    );
    service.send("group", atomic(members));
    service.run();
    expect(service.sent).toHaveLength(2);
    expect((service.errors[0] as ResponseError).members?.map(({ certain }) => certain))
      .toEqual([true, true]);
  });
});
