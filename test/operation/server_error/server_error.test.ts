import { describe, expect, it } from "vitest";
import { codeInText, serverErrorOf } from "../../../src/operation/server_error/server_error.ts";

describe("rule 18: what the server says of its error", () => {
  it.each([
    [{ error: { code: "C", message: "M" } }, { code: "C", detail: "M" }],
    [{ "odata.error": { code: "C", message: { lang: "en", value: "M" } } }, {
      code: "C",
      detail: "M",
    }],
    [{ error: { code: 5, message: null } }, { code: "5" }],
    [{ error: { code: {}, message: { value: 5 } } }, {}],
    [{ error: "M" }, { detail: "M" }],
    [{ error: "invalid_grant", error_description: "M" }, { detail: "M" }],
    [{ Message: "M", ExceptionMessage: "E" }, { detail: "M" }],
    [{ message: "M" }, { detail: "M" }],
    [{ type: "about:blank", title: "T", status: 400, detail: "M" }, { detail: "M" }],
    [{ title: "M", status: 400 }, { detail: "M" }],
    [{ error: { code: "C", message: "" }, message: "no" }, { code: "C", detail: "" }],
    [{ error: {} }, {}],
    [["M"], {}],
    [null, {}],
    [undefined, {}],
    ["plain words", { detail: "plain words" }],
  ])("is read in %j", (body, said) => {
    expect(serverErrorOf(body)).toEqual(said);
  });

  it.each([
    ['{"error":{"code":"C"}}', "C"],
    ["<error><code>C</code></error>", "C"],
    ["C", undefined],
    ['"C"', undefined],
    ["{", undefined],
    ["", undefined],
  ])("has its code in the text %j, or none", (text, code) => {
    expect(codeInText(text)).toBe(code);
  });
});
