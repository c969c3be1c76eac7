import { of } from "rxjs";
import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import {
  after,
  atomic,
  del,
  get,
  head,
  merge,
  type Operation,
  OperationError,
  patch,
  post,
  put,
  ref,
} from "../../mod.ts";
import { isIdempotent, isSafe } from "../../src/operation/operation.ts";
import { isOperation } from "../../src/operation/identity.ts";

/** What a refusal says. */
function refusal(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(OperationError);
    return (error as OperationError).message;
  }
  throw new Error("it was not refused");
}

/** An array with a hole in it, which methods such as `every` pass over. */
function holed(value: unknown): unknown[] {
  const values = new Array<unknown>(2);
  values[1] = value;
  return values;
}

describe("operations", () => {
  it("are frozen, numbered, and of the method that made them", () => {
    const made = [get("a"), head("a"), del("a"), post("a"), put("a"), patch("a")];
    expect(made.map(({ method }) => method)).toEqual([
      "GET",
      "HEAD",
      "DELETE",
      "POST",
      "PUT",
      "PATCH",
    ]);
    for (const operation of made) {
      for (const part of [operation, operation.headers, operation.dependsOn]) {
        expect(Object.isFrozen(part)).toBe(true);
      }
      expect(isOperation(operation)).toBe(true);
    }
    expect(new Set(made.map(({ id }) => id)).size).toBe(6);
  });

  it("are no plain objects that look like one, and no copies", () => {
    for (const value of [undefined, null, 7, "a", {}, { ...get("a") }, Object.create(get("a"))]) {
      expect(isOperation(value)).toBe(false);
    }
  });

  it("know what sending them twice would do", () => {
    const methods = [get("a"), head("a"), put("a"), del("a"), post("a"), patch("a")];
    expect(methods.map(isSafe)).toEqual([true, true, false, false, false, false]);
    expect(methods.map(isIdempotent)).toEqual([true, true, true, true, false, false]);
    expect(isIdempotent(post("a", {}, { idempotent: true }))).toBe(true);
    expect(isIdempotent(get("a", { idempotent: false }))).toBe(false);
  });

  it("keep their own copy of what they were given", () => {
    const [headers, dependsOn] = [{ "X-A": "1" }, [get("a")]];
    const operation = get("b", { headers, dependsOn });
    headers["X-A"] = "2";
    dependsOn.pop();
    expect(operation.headers).toEqual({ "X-A": "1" });
    expect(operation.dependsOn).toHaveLength(1);
  });
});

describe("a URL", () => {
  it.each([
    "messages",
    "/api/v2.0/me/messages",
    "https://outlook.office.com/api/v2.0/me/messages?$top=5&$filter=a%20eq%20'b'",
    "messages('AAMk=')/$value",
  ])("may be %s", (url) => expect(get(url).url).toBe(url));

  it("with what must be encoded says who encodes", () => {
    expect(refusal(() => get("messages/ä"))).toMatch(/\buri\b.*\bencodeURIComponent\b/);
  });

  it("may be a URL", () => {
    expect(get(new URL("https://contoso.com/a b")).url).toBe("https://contoso.com/a%20b");
  });

  it.each([
    "",
    "a b",
    "a\r\nX: y",
    "a\nb",
    "a\0b",
    "a\tb",
    "a#b",
    "ä",
    "a\u2028b",
    "\ud800",
    "a\x7f",
  ])("must not be %j", (url) => {
    const message = refusal(() => get(url));
    expect(message).toMatch(/^Cannot make a GET operation as a URL must .+: current value is .+$/s);
    if (url.length > 2) expect(message).not.toContain(url);
  });

  it.each([undefined, null, 7, {}, ["a"]])("must not be the value %j", (url) => {
    refusal(() => get(url as never));
  });
});

describe("headers", () => {
  it.each([
    [{ "X A": "1" }],
    [{ "": "1" }],
    [{ "X:": "1" }],
    [{ "X-A\r\n": "1" }],
    [{ "Ä": "1" }],
    [{ "X-A": "1\r\nX-B: 2" }],
    [{ "X-A": "1\n" }],
    [{ "X-A": "\0" }],
    [{ "X-A": "€" }],
    [{ "X-A": 7 }],
    [{ "X-A": undefined }],
    [{ "X-A": "1", "x-a": "2" }],
    [[["X-A", "1"]]],
    [new Map([["X-A", "1"]])],
    ["X-A: 1"],
    [null],
  ])("must not be %j", (headers) => {
    refusal(() => get("a", { headers: headers as never }));
  });

  it("name no value in what they are refused with", () => {
    const message = refusal(() => get("a", { headers: { Authorization: "sesame\n" } }));
    expect(message).not.toContain("sesame");
    expect(message).toContain("7 characters");
  });

  it("keep their case, lose blanks around values, and may be named as members of objects are", () => {
    const headers = JSON.parse('{"If-Match":" \\"x\\" ","__proto__":"1","constructor":"2"}');
    expect(Object.entries(get("a", { headers }).headers)).toEqual([
      ["If-Match", '"x"'],
      ["__proto__", "1"],
      ["constructor", "2"],
    ]);
  });
});

describe("a body", () => {
  const typeOf = ({ headers }: Operation) => headers["Content-Type"];

  it.each([
    [{ a: 1 }, '{"a":1}', "application/json"],
    [[1, 2], "[1,2]", "application/json"],
    [7, "7", "application/json"],
    [false, "false", "application/json"],
    ["text", "text", "text/plain;charset=utf-8"],
    ["", "", "text/plain;charset=utf-8"],
    [null, undefined, undefined],
    [undefined, undefined, undefined],
  ])("of %j", (body, sent, type) => {
    const operation = post("a", body as never);
    expect([operation.body, typeOf(operation)]).toEqual([sent, type]);
  });

  it("of bytes is a copy", () => {
    const bytes = new Uint8Array([0, 1, 2, 3]);
    // its `slice` is a view
    const buffer = Buffer.from(bytes.buffer);
    const made = [
      put("a", bytes),
      put("a", bytes.subarray(1)),
      put("a", bytes.buffer),
      put("a", buffer),
    ];
    bytes.fill(9);
    expect(made.map(({ body }) => [...body as Uint8Array])).toEqual([
      [0, 1, 2, 3],
      [1, 2, 3],
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ]);
    expect(made.map(typeOf)).toEqual(Array(4).fill("application/octet-stream"));
  });

  it("keeps the Content-Type that it was given, whatever its case", () => {
    const headers = { "content-TYPE": "text/html" };
    expect(post("a", "<p>", { headers }).headers).toEqual(headers);
  });

  it("does not change when the object does", () => {
    const body = { Subject: "Lunch" };
    const operation = post("a", body);
    body.Subject = "Dinner";
    expect(operation.body).toBe('{"Subject":"Lunch"}');
  });

  const circular: Record<string, unknown> = {};
  circular["self"] = circular;

  it.each([
    ["a circular object", circular],
    ["a function", () => {}],
    ["a symbol", Symbol("a")],
    ["a circular object with a bigint", { a: 7n, circular }],
    ["a Map", new Map()],
    ["a Set", new Set()],
    ["a promise", Promise.resolve()],
    ["a stream", new ReadableStream()],
    ["a form", new FormData()],
    ["parameters", new URLSearchParams("a=b")],
    ["a blob", new Blob(["a"])],
    ["a file", new File(["a"], "a.txt")],
    ["an Observable", of({ Subject: "Lunch" })],
    ["a Response", new Response("{}")],
    ["another view", new Uint16Array(2)],
    ["a pattern", /lunch/],
    ["an Error", new RangeError("sesame")],
    ["a WeakMap", new WeakMap()],
    ["a WeakRef", new WeakRef({})],
    ["what throws", {
      toJSON() {
        throw new Error("sesame");
      },
    }],
    ["what becomes nothing", { toJSON: () => undefined }],
  ])("must not be %s", (_, body) => {
    expect(refusal(() => post("a", body as never))).not.toContain("sesame");
  });
});

describe("a body that says itself what it is in JSON", () => {
  it.each([
    ["a Map", Object.assign(new Map([["a", 1]]), { toJSON: () => ({ a: 1 }) })],
    ["an Error", Object.assign(new Error("gone"), { toJSON: () => ({ a: 1 }) })],
  ])("is sent so: %s", (_, body) => {
    expect(post("a", body).body).toBe('{"a":1}');
  });
});

describe("what else an operation may be given", () => {
  it.each([
    ["null", null, "null"],
    ["a promise", Promise.resolve({ account: "anna" }), "a Promise"],
    ["an array", [{ account: "anna" }], "an array"],
    ["text", "anna", "a string"],
    ["headers", new Headers(), "a Headers"],
  ])("stands in an object, which is not %s", (_, given, found) => {
    const init = given as never;
    const rest = [get, head, del].map((make) => () => make("a", init));
    const written = [post, put, patch, merge].map((make) => () => make("a", {}, init));
    const made = [() => after(get("a"), () => get("b"), init), () => atomic([post("a")], init)];
    for (const make of [...rest, ...written, ...made]) {
      expect(refusal(make)).toMatch(
        new RegExp(`its init must be an object: current value is ${found}$`),
      );
    }
  });

  it.each([
    ["dependsOn", "a"],
    ["dependsOn", [get("a"), {}]],
    ["dependsOn", [null]],
    ["dependsOn", holed(get("a"))],
    ["orderingKey", 7],
    ["context", ""],
    ["context", "a b"],
    ["context", 7],
    ["schema", {}],
    ["schema", () => {}],
    ["schema", { "~standard": {} }],
  ])("%s must not be %j", (name, value) => {
    refusal(() => get("b", { [name]: value } as never));
  });

  it("a bodySchema that answers nothing is refused in words", () => {
    for (const given of [undefined, {}, "x"]) {
      const validate = () => given;
      const bodySchema = { "~standard": { version: 1, vendor: "test", validate } };
      refusal(() => post("a", {}, { bodySchema: bodySchema as never }));
    }
  });

  it("an empty orderingKey is a key", () => {
    expect(get("a", { orderingKey: "" }).orderingKey).toBe("");
  });
});

describe("what is no operation", () => {
  it.each([
    ["an object in place of a group", () => atomic({} as never), "an object"],
    ["no group", () => atomic(undefined as never), "undefined"],
    ["an object in a group", () => atomic([{}] as never), "an object"],
    ["a ref to an object", () => ref({} as never), "an object"],
    ["a ref to nothing", () => ref(undefined as never), "undefined"],
    ["no parents", () => after([] as never, () => get("a")), "an array with nothing in it"],
    [
      "a hole among parents",
      () => after(holed(get("b")) as never, () => get("a")),
      "an array with something else in it",
    ],
    [
      "a hole in what a derived one waits for",
      () => after(get("b"), () => get("a"), { dependsOn: holed(get("c")) as never }),
      "an array with something else in it",
    ],
    ["a hole in a group", () => atomic(holed(post("b")) as never), "undefined"],
  ])("is called what it is: %s", (_, make, found) => {
    expect(refusal(make)).toMatch(new RegExp(`current value is ${found}$`));
  });
});

describe("account and retry of an operation", () => {
  it("are kept as they were given, the list as a copy", () => {
    const statuses = [409, 503];
    const operation = get("a", { account: "anna", retry: { statuses } });
    statuses.push(500);
    expect([operation.account, operation.retry]).toEqual(["anna", { statuses: [409, 503] }]);
    expect(Object.isFrozen(operation.retry)).toBe(true);
    expect([get("a").account, get("a").retry, get("a", { retry: false }).retry]).toEqual([
      undefined,
      undefined,
      false,
    ]);
  });

  it.each([
    [{ account: "" }, "an empty string"],
    [{ account: 7 }, "a number"],
    [{ retry: true }, "a boolean"],
    [{ retry: null }, "null"],
    [{ retry: {} }, "an object"],
    [{ retry: { statuses: 503 } }, "an object"],
    [{ retry: { statuses: [200] } }, "200"],
    [{ retry: { statuses: [503.5] } }, "503.5"],
    [{ retry: { statuses: ["503"] } }, "a list with a string"],
    [{ retry: { statuses: [undefined] } }, "a list with undefined"],
  ])("are refused when they say nothing: %j", (init, found) => {
    expect(refusal(() => get("a", init as never))).toMatch(
      new RegExp(`current value is ${found}$`),
    );
  });
});
