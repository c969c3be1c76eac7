import { describe, expect, it } from "vitest";
import {
  after,
  atomic,
  batchGraph,
  batchingFetch,
  batchOData,
  batchOutlook,
  createBatcher,
  createGraphBatcher,
  createODataBatcher,
  createOutlookBatcher,
  get,
  post,
} from "../../mod.ts";
import { from, of } from "rxjs";
import { fakeGraph } from "../../src/testing.ts";
import { plainWire } from "../support/plain_wire.ts";

function messageOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as Error).message;
  }
  throw new Error("it was not refused");
}

const baseUrl = "https://localhost/";
const doors = {
  batchOutlook,
  createOutlookBatcher,
  batchGraph,
  createGraphBatcher,
  batchOData: (options: object) => batchOData({ baseUrl, ...options }),
  createODataBatcher: (options: object) => createODataBatcher({ baseUrl, ...options }),
  createBatcher: (options: object) => createBatcher(plainWire(), options),
} as Readonly<Record<string, (options: object) => unknown>>;

describe.each(Object.entries(doors))("%s() and a name that nobody reads", (_, door) => {
  it.each([
    ["batchSize", "maxBatchSize"],
    ["retries", "retry"],
    ["maxRetries", "retry.maxRetries"],
    ["timeout", "timeoutMs"],
    ["maxwaitms", "maxWaitMs"],
  ])("%s: it names %s", (given, meant) => {
    expect(messageOf(() => door({ [given]: 5 }))).toBe(
      `Cannot use options as every name there must be a known one: current value is one with ${given} (did you mean ${meant}?)`,
    );
  });

  it("says so for members of retry", () => {
    expect(messageOf(() => door({ retry: { baseDelay: 1 } }))).toBe(
      "Cannot use option retry as every name there must be a known one: current value is one with baseDelay (did you mean baseDelayMs?)",
    );
  });

  it("says so for members of pace", () => {
    const pace = { operations: 1, perMs: 1, permilli: 5 };
    expect(messageOf(() => door({ pace }))).toBe(
      "Cannot use option pace as every name there must be a known one: current value is one with permilli (did you mean perMs?)",
    );
  });

  it("refuses it also when it is undefined, for it is a slip all the same", () => {
    expect(messageOf(() => door({ tokn: undefined }))).toContain("did you mean token?");
  });
});

it.each([batchGraph, createGraphBatcher])(
  "%o refuses continueOnError, as Graph goes on in any case",
  (door) => {
    expect(messageOf(() => door({ continueOnError: false } as object))).toBe(
      "Cannot use option continueOnError as Graph always goes on after an error: current value is false",
    );
  },
);

it.each<[string, (options: never) => unknown]>([
  ["sendAll", (options) => createOutlookBatcher().sendAll([], options)],
  ["batchingFetch", (options) => batchingFetch(createOutlookBatcher(), options)],
])("options of %s must be an object with known names", (name, door) => {
  for (const [given, kind] of [[null, "null"], [5, "a number"], ["text", "a string"]]) {
    expect(messageOf(() => door(given as never))).toBe(
      `Cannot use options of ${name} as an object must hold them: current value is ${kind}`,
    );
  }
  expect(messageOf(() => door({ maxinhand: 1, fallBack: 1 } as never))).toMatch(
    new RegExp(`^Cannot use options of ${name} as every name there must be a known one`),
  );
});

describe("an operation's init with a name that nobody reads", () => {
  const make = (init: object) => messageOf(() => post("messages", {}, init));

  it.each([
    ["dependOn", "dependsOn"],
    ["depends", "dependsOn"],
    ["orderKey", "orderingKey"],
    ["header", "headers"],
    ["retries", "retry"],
  ])("%s: it names %s", (given, meant) => {
    expect(make({ [given]: [] })).toBe(
      `Cannot make a POST operation as every name of its init must be a known one: current value is one with ${given} (did you mean ${meant}?)`,
    );
  });

  it("is refused in a group, in what is derived, and in retry", () => {
    const names = [
      messageOf(() => atomic([post("a")], { dependOn: [] } as object)),
      messageOf(() => after(post("a"), () => post("b"), { dependOn: [] } as object)),
      make({ retry: { statuses: [409], maxRetries: 1 } }),
    ];
    expect(names.map((message) => message.split(" as ")[0])).toEqual([
      "Cannot make an atomic operation",
      "Cannot make a derived operation",
      "Cannot make a POST operation",
    ]);
    expect(names.map((message) => message.split(" is one with ")[1])).toEqual([
      "dependOn (did you mean dependsOn?)",
      "dependOn (did you mean dependsOn?)",
      "maxRetries (did you mean statuses?)",
    ]);
  });

  it("is not quoted at length", () => {
    expect(make({ ["x".repeat(500)]: 1 }).length).toBeLessThan(200);
  });
});

describe("what newcomers give by mistake", () => {
  it("batchGraph without parentheses is explained", () => {
    const pipe = () => of(get("a")).pipe(batchGraph as never);
    expect(messageOf(pipe)).toContain("an Observable (call the operator: pipe(batchGraph())");
  });

  it("fetch as transport is to be wrapped", () => {
    const bound = fetch.bind(globalThis);
    for (const transport of [fetch, bound] as never[]) {
      expect(messageOf(() => batchOutlook({ transport }))).toMatch(
        /current value is (bound )?fetch \(wrap it in fetchTransport\(\)\)$/,
      );
    }
  });

  it("a fake server as transport is told that its fetch is to be wrapped", () => {
    expect(messageOf(() => batchGraph({ transport: fakeGraph() as never }))).toMatch(
      /current value is what has a fetch \(wrap that in fetchTransport\(\)\)$/,
    );
  });

  it("an Observable for sendAll() is told where it belongs", () => {
    const batcher = createOutlookBatcher();
    const sendAll = (source: never, options = {}) => batcher.sendAll(source, options);
    expect(messageOf(() => sendAll(from([get("a")]) as never))).toMatch(
      /current value is an Observable, which pushes \(pipe it into batchOutlook\(\)/,
    );
    expect(messageOf(() => sendAll(7 as never))).toMatch(/current value is a number$/);
    expect(messageOf(() => sendAll([] as never, { inHand: 5 }))).toContain(
      "did you mean maxInHand?",
    );
  });

  it("a promise as body is to be awaited", () => {
    expect(() => post("messages", Promise.resolve({}))).toThrow("a Promise (await it)");
  });

  it("options that are no object are called by their right name", () => {
    expect(messageOf(() => batchOutlook(null as never))).toMatch(/current value is null$/);
    expect(messageOf(() => batchOutlook({ events: 5 } as never))).toMatch(/is a number$/);
    expect(messageOf(() => batchOutlook({ maxWaitMs: {} } as never))).toMatch(/is an object$/);
    expect(messageOf(() => batchOutlook({ maxWaitMs: [] } as never))).toMatch(/is an array$/);
  });

  it("a baseUrl is shown, but for what may be a secret in it", () => {
    const shown = (baseUrl: string) =>
      messageOf(() => batchOutlook({ baseUrl })).split("value is ")[1];
    expect(shown("http://contoso.com/api/")).toBe("http://contoso.com/api/");
    expect(shown("contoso.com")).toBe("contoso.com");
    expect(shown("http://contoso.com/?sig=secret")).toBe(
      "http://contoso.com/ with what follows it",
    );
    expect(shown("https://ann:secret@contoso.com/")).toBe("a string of 31 characters");
    expect(shown("https://contoso.com/api")).toBe("https://contoso.com/api/");
    expect(shown("https://contoso.com/ann@contoso.com")).toBe("a string of 36 characters");
  });

  it.each(["https://contoso.com/v1.0/$batch", "https://contoso.com/v1.0/$metadata/?a=1"])(
    "a baseUrl is where $batch is below: %s",
    (url) => {
      for (const make of [batchGraph, batchOutlook, createODataBatcher]) {
        expect(messageOf(() => make({ baseUrl: url }))).toContain(
          "baseUrl as it must be the service root, without $batch: current value is https://",
        );
      }
    },
  );

  it("a promise of a token is to be a function", () => {
    expect(messageOf(() => batchOutlook({ token: Promise.resolve("a") as never }))).toMatch(
      /value is a Promise \(give a function that returns it\)$/,
    );
  });

  it("Headers of the platform are to be made a plain object", () => {
    const make = () => batchOutlook({ headers: new Headers() as never });
    expect(messageOf(make)).toMatch(/a plain object of strings: current value is a Headers$/);
  });
});
