import { describe, expect, it } from "vitest";
import { atomic, type BatchOptions, type DecodeError, get, post, put } from "../../../mod.ts";
import { okay, Rig, untimed } from "../../support/rig.ts";
import { octets } from "../../support/octets.ts";
import type { PlainPart } from "../../support/plain_wire.ts";
import { steadyBackoff } from "../../support/virtual_time.ts";

steadyBackoff();

/** A wire whose groups are named `group`. */
const withGroups = {
  encodeGroup: (operation: unknown) => ({ operation, bytes: 1 }) as never,
  encode: (operations: readonly { operation: { url?: string | undefined } }[], { url }: {
    url: string;
  }) => ({
    method: "POST",
    url,
    headers: {},
    body: octets(JSON.stringify(operations.map(({ operation }) => operation.url ?? "group"))),
  }),
};

describe("rule 24: what a stop skipped goes again at once, as its answer settled one", () => {
  it.each<[string, () => Parameters<Rig["send"]>[0], PlainPart]>([
    ["with success", () => post("a"), { status: 200 }],
    ["with an error", () => post("a"), { status: 404 }],
    ["with an error that its caller takes", () => post("a", {}, { okStatuses: [404] }), {
      status: 404,
    }],
    ["that is a group", () => atomic([post("a1"), post("a2")]), {
      members: [{ status: 201 }, { status: 201 }],
    }],
  ])("%s", (_how, first, part) => {
    const rig = new Rig({
      maxWaitMs: 0,
      retry: { baseDelayMs: 100 },
      wire: { ...withGroups, order: "sequential" },
    });
    // The second is an error only where the first is none, or it would not be known who stopped the server.
    const isError = part.members === undefined && part.status === 404;
    rig.answer = ({ number, urls }) =>
      rig.reply(number > 0 ? okay(urls) : isError ? [part] : [part, { status: 503 }]);
    rig.send(first(), "a");
    rig.send("b");
    rig.send(post("c"));
    rig.run();
    expect(rig.posts.slice(1)).toEqual(
      isError ? ["@1 me: b c"] : ["@1 me: c", "@51 me: b"],
    );
  });
});

describe("rule 31: a group that is not undone", () => {
  const half: PlainPart = { members: [{ status: 201 }, { status: 401 }] };
  const unrun: PlainPart = { members: [{ status: 401 }, { status: 401 }] };
  const sent = (
    part: PlainPart,
    wire: object = {},
    make: typeof post | typeof put = post,
    options: BatchOptions = {},
  ) => {
    let asked = 0;
    const rig = new Rig({
      maxWaitMs: 0,
      token: () => `t${++asked}`,
      retry: { baseDelayMs: 100 },
      wire: { ...withGroups, ...wire },
      ...options,
    });
    rig.answer = ({ number, urls }) =>
      number > 0
        ? rig.reply(
          urls.map(() => ({ members: [{ status: 200 }, { status: 200 }] })),
        )
        : rig.reply([part]);
    rig.send(atomic([make("a1"), make("a2")]), "a");
    rig.run();
    return untimed(rig.told);
  };

  it("does not go again for a fresh token when half of it ran", () => {
    expect(sent(half)).toEqual(["a ResponseError 401"]);
    expect(sent(unrun)).toEqual(["a 200"]);
    expect(sent(half, { rollsBack: true })).toEqual(["a 200"]);
  });

  it("goes again when it may run twice, unless its error is final", () => {
    expect(sent(half, {}, put)).toEqual(["a 200"]);
    const refused = { members: [{ status: 201 }, { status: 409 }] };
    expect(sent(refused, {}, put)).toEqual(["a ResponseError 409"]);
  });

  it("goes again where all of it was refused, in whatever way", () => {
    expect(sent({ members: [{ status: 429 }, { status: 400 }] })).toEqual(["a 200"]);
  });

  it("does not go again for fresh headers when half of it ran", () => {
    const stale = { members: [{ status: 201 }, { status: 403 }] };
    const options = {
      headers: () => ({ "x-csrf-token": "t" }),
      refreshOn: ({ status }: { readonly status: number }) => status === 403,
    };
    expect(sent(stale, {}, post, options)).toEqual(["a ResponseError 403"]);
    expect(sent({ members: [{ status: 403 }, { status: 403 }] }, {}, post, options)).toEqual([
      "a 200",
    ]);
  });
});

describe("rule 24: a 424", () => {
  it("of an operation without parents is an answer like any other", () => {
    const rig = new Rig({ maxWaitMs: 0 });
    rig.answer = () => rig.reply([{ index: 0, status: 424 }]);
    rig.send(get("a"));
    rig.run();
    expect(rig.told).toEqual(["@1 a ResponseError 424"]);
    expect(rig.errorOf("a").cause).toBeUndefined();
  });

  it("says its status when it goes again with its parent", () => {
    const rig = new Rig({ maxWaitMs: 0, wire: { order: "native" } }).listen();
    rig.answer = ({ number, urls }) =>
      number > 0
        ? rig.reply(okay(urls))
        : rig.reply([{ index: 0, status: 503 }, { index: 1, status: 424 }]);
    const parent = get("a");
    rig.send(parent);
    rig.send(post("b", {}, { dependsOn: [parent] }));
    rig.run();
    const retried = rig.events.filter(({ type }) => type === "retried");
    expect(retried).toMatchObject([{ status: 503 }, { status: 424, delayMs: 0 }]);
    expect(untimed(rig.told)).toEqual(["a 200", "b 200"]);
  });
});

describe("rule 24: a 424 of one whose parent goes again", () => {
  const rigWith = (...answers: readonly (readonly number[])[]) => {
    const rig = new Rig({ maxWaitMs: 0, wire: { order: "native" }, retry: { baseDelayMs: 100 } });
    // One part after another, as a parent that fails lets others fall between two.
    rig.answer = ({ number, urls }) =>
      rig.trickle(
        answers[number]?.map((status, index) => [1 + index, { index, status }] as const) ??
          [[1, okay(urls)]],
      );
    const parent = get("a");
    rig.send(parent);
    rig.send(post("b", {}, { dependsOn: [parent] }));
    rig.run();
    return rig;
  };

  it("leaves it the one time that it may go without its parent", () => {
    const rig = rigWith([503, 424], [302, 424]);
    expect(rig.posts.map((line) => line.split(": ")[1])).toEqual(["a b", "a b", "b"]);
    expect(untimed(rig.told)).toEqual(["a 302", "b 200"]);
  });

  it("is forgotten when it is out again: then its own part counts", () => {
    const rig = rigWith([503, 424], [404, 200]);
    expect(untimed(rig.told)).toEqual([
      "a ResponseError 404",
      "b 200",
    ]);
  });
});

describe("rule 18: a body that cannot be read", () => {
  it("leaves its error the status, also where its wire gives no text", () => {
    const rig = new Rig({
      maxWaitMs: 0,
      wire: {
        decoder: () => ({
          write: () => [{
            index: 0,
            status: 203,
            headers: { at: "here" },
            readBody: () => {
              throw new Error("unreadable");
            },
          }],
          end: () => [],
        }),
      },
    });
    rig.send("a");
    rig.run();
    const { response } = rig.errorOf("a") as DecodeError;
    expect(response).toMatchObject({ status: 203, headers: { at: "here" } });
  });
});

describe("a schema", () => {
  it.each([[299, true], [300, false], [404, false]])("of a %i is asked: %s", (status, isAsked) => {
    let asked = 0;
    const validate = (value: unknown) => {
      asked++;
      return { value };
    };
    const schema = { "~standard": { version: 1, vendor: "test", validate } } as const;
    const rig = new Rig({ maxWaitMs: 0 });
    rig.answer = () => rig.reply([{ index: 0, status }]);
    rig.send(get("a", { schema, okStatuses: [404] }));
    rig.run();
    expect(rig.told).toEqual([`@1 a ${status}`]);
    expect(asked > 0).toBe(isAsked);
  });
});

describe("rule 13: who leaves while his part is read is settled once", () => {
  it.each([200, 404])("of a %i", (status) => {
    const rig: Rig = new Rig({
      maxWaitMs: 0,
      maxQueued: 1,
      wire: {
        decoder: () => ({
          write: () => [{
            index: 0,
            status,
            headers: {},
            readBody: () => leaving.unsubscribe(),
          }],
          end: () => [],
        }),
      },
    }).listen();
    const leaving = rig.send("a");
    rig.run();
    expect(rig.told).toEqual([]);
    expect(rig.events.filter(({ type }) => type === "settled")).toMatchObject([
      { outcome: "left" },
    ]);
    expect(rig.timers).toBe(0);
    for (const name of ["b", "c"]) rig.send(name);
    expect(rig.told).toEqual(["@1 c LimitError"]);
  });
});
