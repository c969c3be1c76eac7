import { describe, expect, it } from "vitest";
import {
  type BatchHttpError,
  type DecodeError,
  get,
  post,
  type ResponseError,
} from "../../../mod.ts";
import { octets } from "../../support/octets.ts";
import { names, Rig } from "../../support/rig.ts";
import { a, answered } from "./answered.ts";
import { answering, exchange, plain, writes } from "./exchange.ts";

describe("rule 18: an inner status of 400 or more is a ResponseError", () => {
  it.each([400, 403, 404, 409, 412, 500, 501, 599])("for %i", (status) => {
    const body = { error: { code: "ErrorItemNotFound", message: "Not there." } };
    const rig = answered([a], [{ index: 0, status, headers: { etag: "x" }, body }]);
    expect(rig.told).toEqual([`@11 a ResponseError ${status}`]);
    const error = rig.errorOf("a") as ResponseError;
    expect(error).toMatchObject({ _tag: "ResponseError", status, code: "ErrorItemNotFound" });
    expect(error.detail).toBe("Not there.");
    expect(error.response).toMatchObject({ operation: a, status, headers: { etag: "x" }, body });
  });

  it.each([200, 201, 204, 301, 304, 399])("and %i is none", (status) => {
    expect(answered([a], [{ index: 0, status }]).told).toEqual([`@11 a ${status}`]);
  });
});

describe("rule 18: errors keep what the server said", () => {
  it("has the text of an answer whose parts belong to nobody", () => {
    const rig = new Rig();
    const error = { error: { code: "MailboxNotEnabledForRESTAPI" } };
    rig.answer = () => rig.reply([{ status: 404, body: error }], { headers: { "x-id": "7" } });
    for (const url of names(3)) rig.send(post(url));
    rig.run();
    for (const url of names(3)) {
      const { cause } = rig.errorOf(url) as { cause?: DecodeError };
      expect(cause).toMatchObject({ _tag: "DecodeError", status: 200 });
      expect(cause!.headers).toMatchObject({ "x-id": "7" });
      expect(cause!.detail).toContain("MailboxNotEnabledForRESTAPI");
    }
  });

  it("has the code in the message, but for one that is no word", () => {
    const rig = new Rig();
    const code = (text: string) => ({ status: 404, body: { error: { code: text } } });
    rig.answer = () =>
      rig.reply([{ index: 0, ...code("ErrorItemNotFound") }, { index: 1, ...code("a@b.c ?") }]);
    rig.send("a");
    rig.send("b");
    rig.run();
    expect(rig.errorOf("a").message).toContain("404 (ErrorItemNotFound)");
    expect(rig.errorOf("b").message).not.toContain("a@b");
    expect((rig.errorOf("b") as ResponseError).code).toBe("a@b.c ?");
  });

  it("keeps status, headers and text of an answer that nobody could read", () => {
    const headers = { "content-type": "application/json", "request-id": "7" };
    const text = `{"responses":[{"id":"1","status":200,"body":Hello}]}${" ".repeat(10_000)}`;
    const { ends } = exchange([post("/me/a")], [{ headers, body: [octets(text)] }], {
      format: "graph",
    });
    const { error } = ends[0] as { error: DecodeError };
    expect(error).toMatchObject({ _tag: "DecodeError", status: 200, headers });
    expect(error.detail).toBe(text.slice(0, 8192));
  });

  it.each(["201 Created", "302 Found"])(
    "keeps what %s said beside a body that cannot be decoded",
    (status) => {
      const broken = {
        status,
        headers: ["Content-Type: application/json", "Location: E(7)"],
        body: "{NaN",
      };
      const { ends } = exchange([post("E")], [answering([plain(broken)])]);
      const { error } = ends[0] as { error: DecodeError };
      expect(error.response).toMatchObject({
        status: Number(status.slice(0, 3)),
        headers: { location: "E(7)" },
        body: undefined,
        attempts: 1,
      });
      expect(error.detail).toBe("{NaN");
    },
  );

  it("shows the text of an error whose body cannot be decoded", () => {
    const broken = { status: 500, headers: ["Content-Type: application/json"], body: "<html>" };
    const { ends } = exchange([post("E")], [answering([plain(broken)])]);
    expect((ends[0] as { error: ResponseError }).error.detail).toBe("<html>");
  });

  const denied = '{"code":"SPQueryThrottled","message":"Denied"}';
  it.each(
    [
      ["multipart", `{"error":${denied}}`],
      ["json", `{"error":${denied}}`],
      ["json", `{"odata.error":${denied}}`],
      ["json", `{"@odata.context":"$metadata","traceId":1,"error":${denied}}`],
      ["multipart", `\ufeff{"odata.metadata":"x","odata.error":${denied}}`],
      ["json", `{"responses":[],"error":${denied}}`],
    ] as const,
  )(
    "reads an error under 200 as a refusal of all: %s, %s",
    (format, text) => {
      const body = [octets(text)];
      const headers = { "content-type": "application/json" };
      const { ends } = exchange(writes, [{ headers, body }], { format });
      for (const end of ends) {
        expect((end as { error: BatchHttpError }).error).toMatchObject({
          _tag: "BatchHttpError",
          status: 200,
          code: "SPQueryThrottled",
        });
      }
    },
  );

  it("finds the code of an error of more than 8 kB", () => {
    const text = `{"error":{"code":"Busy","message":"${"x".repeat(9_000)}"}}`;
    const { ends } = exchange(writes, [{ status: 400, headers: {}, body: [octets(text)] }]);
    expect((ends[0] as { error: BatchHttpError }).error.code).toBe("Busy");
  });

  it("counts the attempts on answers and errors", () => {
    const rig = new Rig({ retry: { baseDelayMs: 0, maxRetries: 1 } });
    rig.answer = ({ number }) =>
      number === 0
        ? rig.failing(new Error("reset"))
        : rig.reply([{ index: 0 }, { index: 1, status: 404 }]);
    rig.send("a");
    rig.send("b");
    rig.run();
    const [answered, failed] = rig.results;
    expect(answered!.ok && answered!.response.attempts).toBe(2);
    expect(!failed!.ok && failed!.error.attempts).toBe(2);
  });

  it("counts them when everything ends at once, too", () => {
    const controller = new AbortController();
    const rig = new Rig({ signal: controller.signal });
    rig.answer = () => rig.silence();
    rig.send("a");
    rig.at(50, () => rig.send(get("b", { context: "x" })));
    rig.at(55, () => controller.abort());
    rig.run();
    expect([rig.errorOf("a").attempts, rig.errorOf("b").attempts]).toEqual([1, 0]);
  });
});
