import { describe, expect, it } from "vitest";
import {
  type BatchHttpError,
  createODataBatcher,
  get,
  type HttpResponse,
  type OperationInit,
  type ResponseError,
} from "../../../mod.ts";
import { batchAnswer } from "../../support/multipart.ts";
import { octets } from "../../support/octets.ts";
import { Rig } from "../../support/rig.ts";

const JSON_ERROR = '{"error":{"code":"ItemNotFound","message":"There is none"}}';
const XML_ERROR = "<error><code>ItemNotFound</code><message>There is none</message></error>";

/** What one operation ends with when its batch is answered so. */
function errorOf<E>(answer: Partial<HttpResponse>, init?: OperationInit): E {
  const { clock } = new Rig();
  const head = { status: 200, headers: { "content-type": "multipart/mixed; boundary=b" } };
  const batcher = createODataBatcher({
    baseUrl: "https://svc.example/odata/",
    scheduler: clock,
    transport: () => [{ ...head, body: [], ...answer }],
    retry: false,
  });
  let found: unknown;
  batcher.send(get("a", init)).subscribe({ error: (error) => found = error });
  clock.flush();
  return found as E;
}

/** The same, when it is answered with a part of status 404. */
function partError(body: string | Uint8Array, type?: string, init?: OperationInit): ResponseError {
  const headers = type === undefined ? [] : [`Content-Type: ${type}`];
  return errorOf({ body: [batchAnswer([{ status: "404 Not Found", headers, body }])] }, init);
}

describe("rule 18: what an error says is found whatever its Content-Type", () => {
  it.each([
    ["no Content-Type", undefined],
    ["any type", "*/*"],
    ["octets", "application/octet-stream"],
    ["text", "text/plain;charset=utf-8"],
    ["a page", "text/html"],
  ])("as JSON and XML that are said to be %s", (_what, type) => {
    for (const body of [JSON_ERROR, XML_ERROR]) {
      const { code, detail, message } = partError(body, type);
      expect([code, detail]).toEqual(["ItemNotFound", "There is none"]);
      expect(message).toContain("404 (ItemNotFound)");
    }
  });

  it.each(["bytes", "text"] as const)("in a body that is read as %s", (read) => {
    const { code, detail, response } = partError(JSON_ERROR, "application/json", { read });
    expect([code, detail]).toEqual(["ItemNotFound", "There is none"]);
    expect(response.body).toEqual(read === "text" ? JSON_ERROR : octets(JSON_ERROR));
  });

  it("where the body is not the JSON that it should be", () => {
    for (const body of [XML_ERROR, JSON_ERROR.slice(0, 40), `${JSON_ERROR} and more`]) {
      const { code, detail, message } = partError(body, "application/json");
      expect([code, detail]).toEqual(["ItemNotFound", body]);
      expect(message).toContain("404 (ItemNotFound)");
    }
  });

  it("but not in octets that are no text, nor in a text that is no error", () => {
    const image = partError(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), "image/jpeg");
    expect([image.code, image.detail]).toEqual([undefined, undefined]);
    const words = partError("404");
    expect([words.code, words.detail]).toEqual([undefined, "404"]);
    const empty = partError('{"error":{"code":"","message":"There is none"}}', "application/json");
    expect([empty.code, empty.detail]).toEqual([undefined, "There is none"]);
  });
});

describe("rules 18 and 27: the code of an error in its message", () => {
  const coded = (code: string) => JSON.stringify({ error: { code, message: "m" } });

  it.each([
    "-1, Microsoft.SharePoint.Client.InvalidClientQueryException",
    "1:EntityAlreadyExists",
    "SY/530",
    "0x80040217",
  ])("stands there: %s", (code) => {
    expect(partError(coded(code), "application/json").message).toContain(`404 (${code})`);
    const whole = errorOf<BatchHttpError>({
      status: 400,
      headers: {},
      body: [octets(coded(code))],
    });
    expect(whole.message).toContain(`400 (${code})`);
  });

  it.each(["nobody@contoso.com", "1, nobody@contoso.com", "https://svc.example/a", "is not there"])(
    "does not when it may hold what must not be told: %s",
    (code) => {
      const { message, code: told } = partError(coded(code), "application/json");
      expect(told).toBe(code);
      expect(message).not.toContain(code);
    },
  );
});
