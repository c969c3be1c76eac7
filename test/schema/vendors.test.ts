import { Schema as ClassicSchema } from "@effect/schema";
import { type } from "arktype";
import { Schema as Effect3Schema } from "effect3";
import { Schema as Effect4Schema } from "effect";
import { inspect } from "node:util";
import { firstValueFrom, from, lastValueFrom, mergeMap, toArray } from "rxjs";
import * as v from "valibot";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import {
  batchOutlook,
  createOutlookBatcher,
  fetchTransport,
  get,
  OperationError,
  type OperationResponse,
  type OperationResult,
  post,
  SchemaError,
  type StandardSchemaIssue,
  type StandardSchemaV1,
} from "../../mod.ts";
import { decode } from "../../src/schema.ts";
import { fakeOutlook } from "../../src/testing.ts";

interface Page {
  readonly value: readonly { readonly Subject: string }[];
}

/** The same shape in the words of each vendor; the casts of none are needed, so these are the types as inferred. */
const vendors = {
  zod: z.object({ value: z.array(z.object({ Subject: z.string() })) }),
  "zod, answering with a promise": z.object({
    value: z.array(
      z.object({ Subject: z.string().refine((text) => Promise.resolve(text !== "")) }),
    ),
  }),
  valibot: v.object({ value: v.array(v.object({ Subject: v.string() })) }),
  "valibot, answering with a promise": v.objectAsync({
    value: v.array(v.object({ Subject: v.string() })),
  }),
  arktype: type({ value: type({ Subject: "string" }).array() }),
  "effect 3": Effect3Schema.standardSchemaV1(
    Effect3Schema.Struct({
      value: Effect3Schema.Array(Effect3Schema.Struct({ Subject: Effect3Schema.String })),
    }),
  ),
  "effect 4": Effect4Schema.toStandardSchemaV1(
    Effect4Schema.Struct({
      value: Effect4Schema.Array(Effect4Schema.Struct({ Subject: Effect4Schema.String })),
    }),
  ),
  "@effect/schema": decode(
    ClassicSchema.Struct({
      value: ClassicSchema.Array(ClassicSchema.Struct({ Subject: ClassicSchema.String })),
    }),
  ),
};

const messages = [{ Subject: "Lunch?" }, { Subject: "Supper?" }];

function outlookWith(items: readonly Record<string, unknown>[]) {
  const outlook = fakeOutlook({ mailboxes: { "rufus@contoso.com": { messages: items } } });
  return { token: outlook.token, transport: fetchTransport(outlook.fetch), maxWaitMs: 0 };
}

describe.each(Object.entries<StandardSchemaV1<unknown, Page>>(vendors))("%s", (_, schema) => {
  it("types the body, and lets it through", async () => {
    await using batcher = createOutlookBatcher(outlookWith(messages));
    const { body } = await firstValueFrom(
      batcher.send(get("messages?$select=Subject&$orderby=Subject", { schema })),
    );
    expectTypeOf(body).toEqualTypeOf<Page>();
    expect(body.value.map(({ Subject }) => Subject)).toEqual(["Lunch?", "Supper?"]);
  });

  it("fails for what does not fit alone, with issues, paths and the response", async () => {
    const results = await lastValueFrom(
      from([get("messages?$select=Subject", { schema }), get("messages?$select=Subject")]).pipe(
        batchOutlook(outlookWith([{ Subject: 7 }])),
        toArray(),
      ),
    );
    expect(results.map(({ ok }) => ok).sort()).toEqual([false, true]);
    const failed = results.find((result) => !result.ok);
    if (failed?.ok !== false || !(failed.error instanceof SchemaError)) throw new Error("no error");
    const { issues, response, message } = failed.error;
    expect(pathOf(issues)).toEqual(["value", 0, "Subject"]);
    expect(response.body).toMatchObject({ value: [{ Subject: 7 }] });
    expect(response.status).toBe(200);
    expect(message).toContain("1 issues");
    expect(inspect(failed.error)).not.toContain("Subject");
  });
});

describe("the type of a body", () => {
  it("is inferred from every vendor", () => {
    expectTypeOf(get("a", { schema: vendors.zod })).toExtend<
      { schema?: StandardSchemaV1<unknown, Page> | undefined }
    >();
    const typed = [
      get("a", { schema: vendors.zod }),
      get("a", { schema: vendors.valibot }),
      get("a", { schema: vendors.arktype }),
      get("a", { schema: vendors["effect 3"] }),
      get("a", { schema: vendors["effect 4"] }),
      get("a", { schema: vendors["@effect/schema"] }),
    ];
    expect(typed).toHaveLength(6);
    for (const operation of typed) {
      expectTypeOf(operation.schema!["~standard"].validate).returns.toExtend<unknown>();
    }
  });

  it("flows through mergeMap and the operator", async () => {
    const results$ = from(["messages"]).pipe(
      mergeMap((url) => [get(url, { schema: vendors.zod })]),
      batchOutlook(outlookWith(messages)),
    );
    const result = await lastValueFrom(results$);
    if (!result.ok) throw result.error;
    expectTypeOf(result.response.body.value[0]!.Subject).toEqualTypeOf<string>();
    expectTypeOf<typeof result>().toExtend<OperationResult<{ value: { Subject: string }[] }>>();
    expectTypeOf(result.response).toExtend<OperationResponse<Page>>();
    expect(result.response.body.value).toHaveLength(2);
  });
});

describe("bodySchema", () => {
  const contact = { GivenName: "Ada" };
  const schemas: Record<string, StandardSchemaV1<{ GivenName: string }, unknown>> = {
    zod: z.object({ GivenName: z.string() }),
    valibot: v.object({ GivenName: v.string() }),
    arktype: type({ GivenName: "string" }),
    "effect 3": Effect3Schema.standardSchemaV1(
      Effect3Schema.Struct({ GivenName: Effect3Schema.String }),
    ),
    "effect 4": Effect4Schema.toStandardSchemaV1(
      Effect4Schema.Struct({ GivenName: Effect4Schema.String }),
    ),
  };

  it.each(Object.entries(schemas))(
    "of %s lets through what fits, and refuses the rest",
    (_, bodySchema) => {
      expect(post("contacts", contact, { bodySchema }).body).toBe(JSON.stringify(contact));
      const error = refusalOf(() =>
        post("contacts", { GivenName: 7 as unknown as string }, { bodySchema })
      );
      expect(pathOf(error.issues)).toEqual(["GivenName"]);
      expect(inspect(error)).not.toContain("GivenName");
      expect(error.message).toBe(
        "Cannot make a POST operation as a body must fit its bodySchema: current value is one with 1 issues",
      );
    },
  );

  it("makes the body that is sent", () => {
    const bodySchema = z.object({ When: z.date().transform((date) => date.toISOString()) });
    const { body, headers } = post("events", { When: new Date(0) }, { bodySchema });
    expect(body).toBe('{"When":"1970-01-01T00:00:00.000Z"}');
    expect(headers).toEqual({ "Content-Type": "application/json" });
  });

  it("checks also what is not given", () => {
    expect(refusalOf(() => post("contacts", undefined, { bodySchema: z.object({}) })).issues)
      .toHaveLength(1);
  });

  it("must answer at once", () => {
    const bodySchema = standardSchema(() => Promise.reject(new Error("never told")));
    expect(refusalOf(() => post("contacts", {}, { bodySchema })).message)
      .toContain("must answer at once");
  });

  it("that throws refuses the body", () => {
    const cause = new Error("broken");
    const bodySchema = standardSchema(() => {
      throw cause;
    });
    expect(refusalOf(() => post("contacts", {}, { bodySchema })).cause).toBe(cause);
  });

  it("must be a Standard Schema, and stand where there is a body", () => {
    const bodySchema = {} as StandardSchemaV1;
    expect(refusalOf(() => post("contacts", {}, { bodySchema })).message)
      .toContain("a bodySchema must be a Standard Schema");
    expect(refusalOf(() => get("contacts", { bodySchema: z.string() })).message)
      .toContain("only post, put, patch and merge have a body");
  });
});

/** A path is an array of keys, or of objects that hold them, and may be a class of the vendor's own. */
function pathOf([issue]: readonly StandardSchemaIssue[]): PropertyKey[] {
  return Array.from(issue?.path ?? [], (step) => typeof step === "object" ? step.key : step);
}

function standardSchema(validate: StandardSchemaV1["~standard"]["validate"]): StandardSchemaV1 {
  return { "~standard": { version: 1, vendor: "test", validate } };
}

function refusalOf(make: () => unknown): OperationError {
  try {
    make();
  } catch (error) {
    if (error instanceof OperationError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}
