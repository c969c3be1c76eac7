import { ParseResult, Schema } from "@effect/schema";
import { Effect } from "effect3";
import { describe, expect, it } from "vitest";
import type { StandardSchemaResult, StandardSchemaV1 } from "../../mod.ts";
import { decode, encode } from "../../src/schema.ts";

const Meeting = Schema.Struct({
  Subject: Schema.String,
  When: Schema.Date,
  Guests: Schema.Array(Schema.Struct({ Name: Schema.NonEmptyString })),
});
const encoded = { Subject: "Lunch", When: "2026-12-24T12:00:00.000Z", Guests: [{ Name: "Rufus" }] };

function atOnce<T>(schema: StandardSchemaV1<unknown, T>, value: unknown): StandardSchemaResult<T> {
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise) throw new Error("it answered with a promise");
  return result;
}

describe("decode", () => {
  it("gives the decoded value at once", () => {
    expect(atOnce(decode(Meeting), encoded)).toEqual({
      value: { ...encoded, When: new Date("2026-12-24T12:00:00Z") },
    });
  });

  it("names everything that does not fit, with its path", () => {
    const { issues } = atOnce(decode(Meeting), { ...encoded, When: "soon", Guests: [{ Name: 7 }] });
    expect(issues?.map(({ path }) => path)).toEqual([["When"], ["Guests", 0, "Name"]]);
    expect(issues?.[1]?.message).toBe("Expected string, actual 7");
  });

  it.each(
    [
      ["ignore", { value: { Name: "Rufus" } }],
      ["preserve", { value: { Name: "Rufus", Age: 7 } }],
    ] as const,
  )("does with unknown properties as told: %s", (onExcessProperty, expected) => {
    const schema = decode(Schema.Struct({ Name: Schema.String }), { onExcessProperty });
    expect(atOnce(schema, { Name: "Rufus", Age: 7 })).toEqual(expected);
  });

  it("refuses unknown properties when told so, and names them", () => {
    const schema = decode(Schema.Struct({ Name: Schema.String }), { onExcessProperty: "error" });
    expect(atOnce(schema, { Name: "Rufus", Age: 7 }).issues?.[0]?.path).toEqual(["Age"]);
  });

  it("stops at the first issue when told so", () => {
    const schema = decode(Meeting, { errors: "first" });
    expect(atOnce(schema, { Subject: 1, When: 2 }).issues).toHaveLength(1);
  });

  it("answers at once as long as nothing has to be awaited", () => {
    const doubled = Schema.transformOrFail(Schema.Number, Schema.Number, {
      decode: (number) => Effect.sync(() => 2 * number).pipe(Effect.tap(Effect.void)),
      encode: ParseResult.succeed,
    });
    expect(atOnce(decode(doubled), 21)).toEqual({ value: 42 });
  });

  const slow = (work: Effect.Effect<number, ParseResult.ParseIssue>) =>
    decode(Schema.transformOrFail(Schema.Number, Schema.Number, {
      decode: () => Effect.zipRight(Effect.promise(() => Promise.resolve()), work),
      encode: ParseResult.succeed,
    }));

  it("answers with a promise when something is awaited", async () => {
    const result = slow(Effect.succeed(42))["~standard"].validate(1);
    expect(result).toBeInstanceOf(Promise);
    expect(await result).toEqual({ value: 42 });
  });

  it("tells later what does not fit, and rejects when the schema breaks", async () => {
    const issue = new ParseResult.Type(Schema.Number.ast, 1, "not today");
    expect(await slow(ParseResult.fail(issue))["~standard"].validate(1)).toMatchObject({
      issues: [{ message: "not today" }],
    });
    const broken = slow(Effect.die(new Error("broken")))["~standard"].validate(1);
    await expect(broken).rejects.toThrow("broken");
  });

  it("throws what a schema throws", () => {
    const broken = Schema.String.pipe(Schema.filter(() => {
      throw new Error("broken");
    }));
    expect(() => atOnce(decode(broken), "x")).toThrow("broken");
  });
});

describe("encode", () => {
  it("gives the encoded value", () => {
    const value = { ...encoded, When: new Date("2026-12-24T12:00:00Z") };
    expect(atOnce(encode(Meeting), value)).toEqual({ value: encoded });
  });

  it("refuses unknown properties, for they are misspelt", () => {
    const { issues } = atOnce(encode(Schema.Struct({ Name: Schema.String })), {
      Name: "Rufus",
      Nmae: "Rufus",
    });
    expect(issues?.map(({ path }) => path)).toEqual([["Nmae"]]);
  });

  it("keeps them when told so", () => {
    const schema = encode(Schema.Struct({ Name: Schema.String }), { onExcessProperty: "preserve" });
    expect(atOnce(schema, { Name: "Rufus", Age: 7 })).toEqual({ value: { Name: "Rufus", Age: 7 } });
  });

  it("reports what it would have to wait for", () => {
    const slow = Schema.transformOrFail(Schema.Number, Schema.Number, {
      decode: ParseResult.succeed,
      encode: (number) => Effect.promise(() => Promise.resolve(number)),
    });
    expect(atOnce(encode(slow), 1).issues).toHaveLength(1);
  });
});
