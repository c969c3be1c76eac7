import { describe, expect, it } from "vitest";
import { atomic, type Operation, post, type StandardSchemaV1 } from "../../../../mod.ts";
import {
  culpritOf,
  fatesOf,
  misfitsOf,
  responsesOf,
  schemaOf,
  undecodedOf,
} from "../../../../src/pipeline/answer/match/group.ts";
import { partsOfMembers } from "../../../../src/pipeline/answer/match/place.ts";
import type { Part } from "../../../../src/wire/wire.ts";

function part(status: number, init: Partial<Part> = {}): Part {
  return { index: 0, status, headers: { at: "here" }, readBody: () => `body ${status}`, ...init };
}

function place(...members: Part[]): Part {
  return { ...part(0), members };
}

/** A schema that adds to what it is given, or refuses it. */
function schema(answer: (value: unknown) => unknown): StandardSchemaV1 {
  const validate = (value: unknown) =>
    answer(value) as ReturnType<StandardSchemaV1["~standard"]["validate"]>;
  return { "~standard": { version: 1, vendor: "test", validate } };
}

const first = post("a");
const second = post("b", undefined, { okStatuses: [404] });
const group = atomic([first, second]);

describe("rule 31: the error of a group", () => {
  it.each<[why: string, parts: readonly number[], culprit: number | undefined]>([
    ["is the only one", [200, 500], 500],
    ["is the first", [409, 500], 409],
    ["begins with 400", [400, 201], 400],
    ["is not the echo of another one's", [424, 409], 409],
    ["is an echo where there is nothing else", [424, 424], 424],
    ["is not a status that its member takes for an answer", [200, 404], undefined],
    ["is one that another member does not take", [404, 404], 404],
    ["is the one of all, whatever a member takes", [404], 404],
    ["is none", [200, 399], undefined],
  ])("%s: %j", (_why, statuses, culprit) => {
    const parts = statuses.map((status) => part(status));
    const found = culpritOf(group, place(...parts));
    expect(found?.status).toBe(culprit);
    if (culprit === 404 && statuses.length === 2) expect(found).toBe(parts[0]);
  });

  it("is what a member takes for an answer, where another one's is its echo", () => {
    const parts = [part(424), part(404)];
    expect(culpritOf(group, place(...parts))).toBe(parts[1]);
  });

  it("is the one of all also when it names a member that takes its status", () => {
    const alone = part(404, { member: 1 });
    expect(culpritOf(group, place(alone))).toBe(alone);
  });

  it("is one that its member does not take, also behind one that its own takes", () => {
    const [taken, culprit] = [part(404, { member: 1 }), part(409, { member: 0 })];
    expect(culpritOf(group, place(taken, culprit))).toBe(culprit);
  });

  it("may be a place by itself", () => {
    const alone = part(412);
    expect(culpritOf(group, alone)).toBe(alone);
  });
});

describe("rule 31: what became of the members", () => {
  it("is told of each, with what its own part said, also when that cannot be read", () => {
    const unreadable = part(500, {
      readBody: () => {
        throw new Error("no JSON");
      },
    });
    const fates = fatesOf(group, place(part(201), unreadable), {
      culprit: unreadable,
      attempts: 2,
      certain: true,
    });
    const response = { headers: { at: "here" }, attempts: 2 };
    expect(fates).toEqual([
      {
        operation: first,
        isCulprit: false,
        certain: true,
        response: { ...response, operation: first, status: 201, body: "body 201" },
      },
      {
        operation: second,
        isCulprit: true,
        certain: true,
        response: { ...response, operation: second, status: 500, body: undefined },
      },
    ]);
  });

  it("is nothing of its own where one error stands for all", () => {
    const culprit = part(412);
    const fates = fatesOf(group, culprit, { culprit, attempts: 1, certain: false });
    expect(fates.map(({ certain, response }) => [certain, response?.status])).toEqual([
      [false, undefined],
      [false, undefined],
    ]);
  });

  it("names the one that does not fit, none where nobody knows whose schema failed", () => {
    const responses = responsesOf(group, place(part(201), part(201)), 1);
    const culprits = (issues?: Parameters<typeof misfitsOf>[1]) =>
      misfitsOf(responses, issues).map(({ isCulprit, certain }) => [isCulprit, certain]);
    expect(culprits([{ message: "no", path: [1, "body"] }])).toEqual([[false, false], [
      true,
      false,
    ]]);
    expect(culprits([{ message: "no" }])).toEqual([[false, false], [false, false]]);
    expect(culprits()).toEqual([[false, false], [false, false]]);
  });

  it("finds the one whose body cannot be decoded, unless all can by now", () => {
    const unreadable = part(201, {
      readBody: () => {
        throw new Error("no JSON");
      },
    });
    expect(undecodedOf(group, place(part(201), unreadable))).toBe(unreadable);
    expect(undecodedOf(group, place(part(201), part(201)))).toBe(undefined);
  });

  it("is an answer each when all succeeded, without a body for a status taken for one", () => {
    const responses = responsesOf(group, place(part(201), part(404)), 3);
    expect(responses.map(({ status, body, attempts }) => [status, body, attempts])).toEqual([
      [201, "body 201", 3],
      [404, undefined, 3],
    ]);
    expect(responses.map(({ operation }) => operation)).toEqual([first, second]);
  });
});

describe("rule 31: which part is whose", () => {
  const [a, b, c] = [part(201), part(202), part(203)];
  const named = (one: Part, member: number) => ({ ...one, member });
  const inner = (one: Part, innerMember: number) => ({ ...one, innerMember });

  it.each<
    [why: string, parts: readonly Part[], statuses: readonly (number | undefined)[] | undefined]
  >([
    ["by position without names", [a, b, c], [201, 202, 203]],
    ["by name", [named(a, 2), named(b, 0), named(c, 1)], [202, 203, 201]],
    ["by name, and the one left", [named(a, 2), b, named(c, 0)], [203, 202, 201]],
    ["by name, and the one left, wherever it stands", [b, named(a, 0), named(c, 2)], [
      201,
      202,
      203,
    ]],
    ["by name, and by position beside it", [named(a, 0), b, c], [201, 202, 203]],
    ["nobody's when a position is taken", [named(a, 1), b, c], undefined],
    ["nobody's when one is named twice", [named(a, 1), named(b, 1), c], undefined],
    ["by the names in the answers", [inner(a, 2), inner(b, 0), inner(c, 1)], [202, 203, 201]],
    ["by position when those name one twice", [inner(a, 2), inner(b, 2), inner(c, 1)], [
      201,
      202,
      203,
    ]],
    ["by position when one has none", [inner(a, 2), b, inner(c, 1)], [201, 202, 203]],
    ["by name, whatever stands in the answers", [
      { ...named(a, 0), innerMember: 1 },
      { ...b, innerMember: 0 },
      { ...c, innerMember: 2 },
    ], [201, 202, 203]],
    ["by name alone when one is missing", [named(a, 2), b], [undefined, undefined, 201]],
  ])("%s", (_why, parts, statuses) => {
    expect(partsOfMembers(place(...parts), 3)?.map((one) => one?.status)).toEqual(statuses);
  });
});

describe("rule 31: the schema of a group", () => {
  const plus = schema((value) => ({ value: `${value}!` }));
  const responsesFor = (...operations: Operation[]) =>
    operations.map((operation) => ({
      operation,
      status: 200,
      headers: {},
      body: "b",
      attempts: 1,
    }));
  const validated = (operations: Operation[], change: object = {}) => {
    const given = responsesFor(...operations).map((each) => ({ ...each, ...change }));
    return schemaOf(atomic(operations))!["~standard"].validate(given);
  };

  it("is nothing where no member has one", () => {
    expect(schemaOf(group)).toBeUndefined();
  });

  it("is each member's for its own body", () => {
    const members = [post("a", 1, { schema: plus }), post("b", 2)];
    expect(validated(members)).toMatchObject({ value: [{ body: "b!" }, { body: "b" }] });
    expect(schemaOf(atomic(members))!["~standard"]).toMatchObject({
      version: 1,
      vendor: "rxbatch",
    });
  });

  it.each([[299, "b!"], [300, "b"], [404, "b"]])(
    "does not look at the body of a %i: %s",
    (status, body) => {
      expect(validated([post("a", 1, { schema: plus })], { status })).toMatchObject({
        value: [{ status, body }],
      });
    },
  );

  it("tells where something is wrong, by member", () => {
    const issue = { message: "wrong" };
    const members = [
      post("a", 1, { schema: plus }),
      post("b", 2, { schema: schema(() => ({ issues: [{ ...issue, path: ["id"] }, issue] })) }),
    ];
    expect(validated(members)).toEqual({
      issues: [{ ...issue, path: [1, "body", "id"] }, { ...issue, path: [1, "body"] }],
    });
  });

  it("fails where one says that something is wrong, but not what", () => {
    const wrong = schema(() => ({ issues: [] }));
    expect(validated([post("a", 1, { schema: plus }), post("b", 2, { schema: wrong })])).toEqual({
      issues: [],
    });
  });

  it.each<[string, (value: unknown) => PromiseLike<unknown>]>([
    ["a promise", (value) => Promise.resolve(value)],
    // As other libraries make them, and other realms.
    [
      "what is like one",
      (value) => ({ then: (...given) => Promise.resolve(value).then(...given) }),
    ],
  ])("waits for a member's that answers with %s", async (_what, promised) => {
    const later = schema((value) => promised({ value: `${value}?` }));
    const members = [post("a", 1, { schema: later }), post("b", 2, { schema: plus })];
    const result = validated(members);
    expect(result).toBeInstanceOf(Promise);
    expect(await result).toMatchObject({ value: [{ body: "b?" }, { body: "b!" }] });
  });
});
