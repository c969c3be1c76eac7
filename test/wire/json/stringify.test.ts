import { describe, expect, it } from "vitest";
import {
  after,
  type AnyOperation,
  atomic,
  type Batcher,
  createBatcher,
  createGraphBatcher,
  createODataBatcher,
  createOutlookBatcher,
  get,
  odataWire,
  OperationError,
  patch,
  post,
  put,
  toPromise,
  type Transport,
} from "../../../mod.ts";

const BIG = 9007199254740993n;
const baseUrl = "https://services.example.com/odata/";

/** A decimal as libraries have it: to JSON it is a text. */
class Decimal {
  readonly digits: string;
  constructor(digits: string) {
    this.digits = digits;
  }
  toJSON(): string {
    return this.digits;
  }
}

/** BigInts and decimals as numbers, dates as version 2 of OData has them. */
function stringifyJson(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number" && !Number.isFinite(value)) return '"INF"';
  if (value instanceof Decimal) return value.digits;
  if (value instanceof Date) return `"/Date(${value.getTime()})/"`;
  if (Array.isArray(value)) return `[${value.map(stringifyJson).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) =>
    `${JSON.stringify(name)}:${stringifyJson(member)}`
  );
  return `{${members.join()}}`;
}

/** A service that keeps what it is sent and answers nothing of use. */
function recorder(): { readonly transport: Transport; readonly bodies: string[] } {
  const bodies: string[] = [];
  const transport: Transport = ({ body }) => {
    bodies.push(new TextDecoder().decode(body));
    return Promise.resolve({ status: 404, headers: {}, body: [] });
  };
  return { transport, bodies };
}

/** What an operation failed with. */
async function failureOf(batcher: Batcher, operation: AnyOperation): Promise<Error> {
  return await toPromise(batcher, operation).then(
    () => {
      throw new Error("it did not fail");
    },
    (error: Error) => error,
  );
}

/** What the service is sent for one operation. */
async function sentFor(operation: AnyOperation, write = stringifyJson): Promise<string> {
  const { transport, bodies } = recorder();
  const options = { baseUrl, transport, stringifyJson: write };
  await failureOf(createODataBatcher(options), operation);
  return bodies.join();
}

describe("option stringifyJson", () => {
  const doors = {
    "OData in multipart": (transport: Transport) =>
      createODataBatcher({ baseUrl, transport, stringifyJson }),
    "OData in change sets": (transport: Transport) =>
      createODataBatcher({ baseUrl, transport, stringifyJson, writes: "changeSet" }),
    "OData in JSON": (transport: Transport) =>
      createODataBatcher({ baseUrl, transport, stringifyJson, format: "json" }),
    "Graph": (transport: Transport) => createGraphBatcher({ transport, stringifyJson }),
    "Outlook": (transport: Transport) => createOutlookBatcher({ transport, stringifyJson }),
  };

  it.each(Object.entries(doors))("writes what JSON.stringify cannot: %s", async (_, doorTo) => {
    const { transport, bodies } = recorder();
    const value = {
      Id: BIG,
      Price: new Decimal("1.10"),
      Most: Infinity,
      Lines: [{ At: new Date(7) }],
    };
    await failureOf(doorTo(transport), post("A", value));
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toContain(
      '{"Id":9007199254740993,"Price":1.10,"Most":"INF","Lines":[{"At":"/Date(7)/"}]}',
    );
  });

  it("writes plain values too, and the octets of what it wrote are counted", async () => {
    const { transport, bodies } = recorder();
    const batcher = createODataBatcher({
      baseUrl,
      transport,
      contentLength: true,
      stringifyJson: (value) => JSON.stringify(value, undefined, 1),
    });
    await failureOf(batcher, patch("A", { é: [1] }));
    expect(bodies[0]).toContain('Content-Length: 19\r\n\r\n{\n "é": [\n  1\n ]\n}\r\n--');
  });

  it("writes members of a group, and what is built after an answer", async () => {
    const group = atomic([post("A", { Id: BIG }), put("B(1)", { Id: 2n })]);
    const sent = await sentFor(group);
    expect(sent).toContain('{"Id":9007199254740993}');
    expect(sent).toContain('{"Id":2}');

    const bodies: string[] = [];
    const batcher = createGraphBatcher({
      stringifyJson,
      transport: ({ body }) => {
        bodies.push(new TextDecoder().decode(body));
        const answer = { responses: [{ id: "1", status: 200, body: { Id: "7" } }] };
        const octets = new TextEncoder().encode(JSON.stringify(answer));
        const headers = { "content-type": "application/json" };
        return Promise.resolve({ status: 200, headers, body: [octets] });
      },
    });
    const parent = get<{ Id: string }>("/me");
    const child = after(parent, ({ body }) => post("/me/messages", { Id: BigInt(body.Id) }));
    await Promise.all([toPromise(batcher, parent), toPromise(batcher, child)]);
    expect(bodies[1]).toContain('"body":{"Id":7}');
  });

  it("is not asked for text and bytes, whatever their Content-Type", async () => {
    const never = () => {
      throw new Error("it was asked");
    };
    const headers = { "Content-Type": "application/json" };
    expect(await sentFor(post("A", `{"Id":${BIG}}`, { headers }), never)).toContain(
      `{"Id":${BIG}}`,
    );
    expect(await sentFor(post("A", "text"), never)).toContain("\r\n\r\ntext\r\n");
    const bytes = new TextEncoder().encode("{}");
    expect(await sentFor(post("A", bytes, { headers }), never)).toContain("\r\n\r\n{}\r\n");
    expect(await sentFor(get("A"), never)).toContain("GET A");
  });

  it("gets the value as it was when the operation was made", async () => {
    const value = { Id: 1n, Lines: [{ At: new Date(7) }], Tags: new Set(["a"]) };
    const operation = post("A", value);
    value.Id = 2n;
    value.Lines[0]!.At.setTime(8);
    value.Lines.push({ At: new Date(9) });
    value.Tags.add("b");
    const write = (given: unknown) => stringifyJson({ ...given as object, Tags: tagsOf(given) });
    const tagsOf = (given: unknown) => [...(given as typeof value).Tags];
    expect(await sentFor(operation, write)).toContain(
      '{"Id":1,"Lines":[{"At":"/Date(7)/"}],"Tags":["a"]}',
    );
  });

  it("cannot change the value for the next batcher", async () => {
    const operation = post("A", { Id: 1n, Lines: [1n] });
    const changing = (value: unknown) => {
      (value as { Lines: unknown[] }).Lines.push(2n);
      return "{}";
    };
    expect(await failureOf(createODataBatcher({ baseUrl, stringifyJson: changing }), operation))
      .toBeInstanceOf(OperationError);
    expect(await sentFor(operation)).toContain('{"Id":1,"Lines":[1]}');
  });

  it("is refused a value of somebody's class that says something else by now", async () => {
    const price = { digits: "1", toJSON: () => price.digits };
    const operation = post("A", { Id: 1n, price });
    price.digits = "2";
    const { transport, bodies } = recorder();
    const batcher = createODataBatcher({ baseUrl, transport, stringifyJson });
    expect(await failureOf(batcher, operation)).toBeInstanceOf(OperationError);
    expect(bodies).toEqual([]);
  });

  it("is asked once for each operation, however often that is sent", async () => {
    const asked: unknown[] = [];
    let posts = 0;
    const batcher = createODataBatcher({
      baseUrl,
      // with these, each POST is written anew
      headers: () => ({ "X-CSRF-Token": "t" }),
      retry: { maxRetries: 2, baseDelayMs: 0, refusedStatuses: [429] },
      transport: () => {
        posts++;
        return Promise.resolve({ status: 429, headers: {}, body: [] });
      },
      stringifyJson: (value) => {
        asked.push(value);
        return stringifyJson(value);
      },
    });
    await failureOf(batcher, post("A", { Id: BIG }));
    expect(posts).toBe(3);
    expect(asked).toEqual([{ Id: BIG }]);
  });

  it.each([
    ["throws", () => {
      throw new Error("secret");
    }, "one on which it threw"],
    ["gives no text", () => 7 as unknown as string, "one of which it made a number"],
  ])("that %s fails its operation alone", async (_, broken, value) => {
    const { transport, bodies } = recorder();
    const batcher = createODataBatcher({ baseUrl, transport, stringifyJson: broken });
    const [failure, other] = await Promise.all([
      failureOf(batcher, post("A", { Id: BIG })),
      failureOf(batcher, get("B")),
    ]);
    expect(failure).toBeInstanceOf(OperationError);
    expect(failure.message).toBe(
      `Cannot put a POST operation into a batch as stringifyJson must make a text of its body: current value is ${value}`,
    );
    expect(other).not.toBeInstanceOf(OperationError);
    expect(bodies).toHaveLength(1);
  });

  it("must be a function", () => {
    const options = { baseUrl, stringifyJson: "JSON" as unknown as () => string };
    expect(() => createODataBatcher(options)).toThrow(
      "Cannot use option stringifyJson as it must be a function: current value is a string",
    );
  });
});

describe("a body that JSON.stringify cannot write", () => {
  const message =
    "Cannot send a POST operation as JSON.stringify must be able to write its body, or option stringifyJson: current value is one with a BigInt";

  it("is refused at the door without stringifyJson, and others are untouched", async () => {
    const { transport, bodies } = recorder();
    const batcher = createODataBatcher({ baseUrl, transport });
    const operation = post("A", { Id: BIG });
    const [failure] = await Promise.all([
      failureOf(batcher, operation),
      failureOf(batcher, get("B")),
    ]);
    expect(failure).toBeInstanceOf(OperationError);
    expect(failure).toMatchObject({ message, operation });
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toContain("GET B");
  });

  it("is never sent without its body by a wire of somebody's own", async () => {
    const { transport, bodies } = recorder();
    const plain = odataWire({ baseUrl });
    const batcher = createBatcher({
      name: "own",
      maxBatchSize: 1,
      order: "any",
      contextOf: (operation) => plain.contextOf(operation),
      encodeOne: (operation) => ({ operation, bytes: operation.body?.length ?? 0 }),
      encode: (_, { url }) => ({ method: "POST", url, headers: {}, body: new Uint8Array() }),
      decoder: () => undefined,
    }, { transport });
    expect(await failureOf(batcher, post("A", [1n]))).toMatchObject({ message });
    expect(bodies).toEqual([]);
  });
});
