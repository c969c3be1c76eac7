import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import * as surface from "../../mod.ts";
import {
  BatchError,
  BatchHttpError,
  DecodeError,
  get,
  LimitError,
  NotExecutedError,
  type OperationResponse,
  ResponseError,
  SchemaError,
  TransportError,
} from "../../mod.ts";

const operation = get("https://contoso.com/sesame", { headers: { Authorization: "sesame" } });
const answer = (body: unknown): OperationResponse => ({
  operation,
  status: 404,
  headers: {},
  body,
  attempts: 1,
});

const errors: readonly BatchError[] = [
  new surface.OperationError("m", { operation }),
  new ResponseError("m", { operation, response: answer({ sesame: 1 }) }),
  new NotExecutedError("m", { operation, certain: true }),
  new surface.DependencyError("m", { operation, cause: new Error("sesame") }),
  new BatchHttpError("m", { operation, status: 500, headers: { a: "sesame" }, detail: "sesame" }),
  new DecodeError("m", { operation }),
  new SchemaError("m", { operation, issues: [{ message: "sesame" }], response: answer("sesame") }),
  new TransportError("m", { operation }),
  new surface.BatchTimeoutError("m", { operation }),
  new LimitError("m", { operation, limit: "maxQueued" }),
  new surface.ClosedError("m", { operation }),
];

describe("errors", () => {
  it.each(errors.map((error) => [error._tag, error] as const))(
    "%s is named by its class, and hides what may be private",
    (tag, error) => {
      expect(error).toBeInstanceOf(BatchError);
      expect(error).toBeInstanceOf(Error);
      expect(error).toBeInstanceOf((surface as Record<string, unknown>)[tag]);
      expect([error.name, error.constructor.name]).toEqual([tag, tag]);
      expect(error.operation).toBe(operation);
      expect(error.stack).toContain(tag);
      for (const hidden of ["operation", "cause", "response", "detail", "headers", "issues"]) {
        expect(Object.keys(error)).not.toContain(hidden);
      }
      expect(JSON.stringify(error)).not.toContain("sesame");
      expect(inspect({ ...error })).not.toContain("sesame");
    },
  );

  it("are all there is: one class for each tag of the union", () => {
    const classes = Object.entries(surface).filter(([name, value]) =>
      typeof value === "function" && value.prototype instanceof BatchError && name !== "BatchError"
    );
    expect(classes.map(([name]) => name).sort()).toEqual(errors.map(({ _tag }) => _tag).sort());
  });

  it("keep their cause, and have none where there is none", () => {
    const cause = new Error("inner");
    expect(new DecodeError("m", { cause }).cause).toBe(cause);
    expect("cause" in new DecodeError("m")).toBe(false);
  });

  it.each([
    [{ error: { code: "E", message: "Text" } }, "E", "Text"],
    [{ error: { code: "E", message: { lang: "en", value: "Text" } } }, "E", "Text"],
    [{ "odata.error": { code: "E", message: { value: "Text" } } }, "E", "Text"],
    [{ error: { code: 7, message: 7 } }, "7", undefined],
    [{ error: "Text" }, undefined, "Text"],
    [{ error: null }, undefined, undefined],
    ["<html>", undefined, "<html>"],
    [undefined, undefined, undefined],
    [null, undefined, undefined],
    [[], undefined, undefined],
  ])("ResponseError reads code and detail of %j", (body, code, detail) => {
    const error = new ResponseError("m", { response: answer(body) });
    expect([error.code, error.detail, error.status]).toEqual([code, detail, 404]);
  });

  it.each([
    ['{"error":{"code":"E"}}', "E"],
    ["<html>", undefined],
    ["", undefined],
    ["null", undefined],
  ])("BatchHttpError reads the code of %j", (detail, code) => {
    const error = new BatchHttpError("m", { status: 400, headers: {}, detail });
    expect([error.code, error.detail]).toEqual([code, detail]);
  });

  it("say what is known: sent unless told otherwise, whole unless cut", () => {
    expect(new TransportError("m").sent).toBe(true);
    expect(new TransportError("m", { sent: false }).sent).toBe(false);
    expect(new DecodeError("m").isTruncated).toBe(false);
    expect(new DecodeError("m", { isTruncated: true }).isTruncated).toBe(true);
    expect(new NotExecutedError("m", { certain: false }).certain).toBe(false);
    expect(new LimitError("m", { limit: "maxQueued" }).limit).toBe("maxQueued");
  });
});
