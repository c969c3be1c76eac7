import { describe, expect, it } from "vitest";
import {
  FRAME_BYTES,
  OperationError,
  partBytes,
  type PartRequest,
  writeParts,
} from "../../../src/mime.ts";

const utf8 = new TextDecoder();

/** What is written, with short boundaries and line ends that can be read. */
function written(...[parts, options]: Parameters<typeof writeParts>): string {
  const { contentType, body } = writeParts(parts, options);
  const boundary = contentType.slice("multipart/mixed; boundary=".length);
  const nested = boundary.replace("batch_", "chset_");
  return utf8.decode(body).replaceAll(boundary, "B").replaceAll(nested, "N").replaceAll(
    "\r\n",
    "|",
  );
}

const HEAD = "Content-Type: application/http|Content-Transfer-Encoding: binary|Content-ID: ";

describe("writeParts", () => {
  it("writes requests byte for byte, named from 1 where they have no name", () => {
    const parts = [
      { method: "GET", url: "/a?$top=1", headers: { Accept: "text/plain" } },
      { method: "POST", url: "b", body: "ü", contentId: "mine" },
      { method: "PUT", url: "c", body: Uint8Array.of(65, 66) },
    ];
    expect(written(parts)).toBe([
      `--B|${HEAD}1||GET /a?$top=1 HTTP/1.1|Accept: text/plain||`,
      `--B|${HEAD}mine||POST b HTTP/1.1||ü`,
      `--B|${HEAD}3||PUT c HTTP/1.1||AB`,
      "--B--|",
    ].join("|"));
  });

  it("writes groups as change sets among other requests", () => {
    const parts = [
      { members: [{ method: "MERGE", url: "a", body: "1" }, { method: "DELETE", url: "b" }] },
      { method: "GET", url: "c" },
    ];
    expect(written(parts)).toBe([
      "--B|Content-Type: multipart/mixed; boundary=N|",
      `--N|${HEAD}1||MERGE a HTTP/1.1||1`,
      `--N|${HEAD}2||DELETE b HTTP/1.1||`,
      "--N--",
      `--B|${HEAD}3||GET c HTTP/1.1||`,
      "--B--|",
    ].join("|"));
  });

  it("counts octets, not characters, and its count wins", () => {
    const headers = { "content-LENGTH": "1" };
    const text = written([{ method: "POST", url: "a", headers, body: "ü€" }], {
      contentLength: true,
    });
    expect(text).toContain("POST a HTTP/1.1|Content-Length: 5||ü€|");
    expect(text).not.toContain("LENGTH");
    expect(written([{ method: "GET", url: "a" }], { contentLength: true })).not.toContain("Length");
  });

  it("writes header values as Latin-1", () => {
    const { body } = writeParts([{ method: "GET", url: "a", headers: { Slug: "é" } }]);
    expect([...body].filter((octet) => octet > 127)).toEqual([0xe9]);
  });

  it.each<[string, PartRequest]>([
    ["a method with a blank", { method: "GET /x", url: "a" }],
    ["an empty url", { method: "GET", url: "" }],
    ["a url with a line break", { method: "GET", url: "a\r\nX: y" }],
    ["a url beyond ASCII", { method: "GET", url: "ü" }],
    ["a header value with a line break", { method: "GET", url: "a", headers: { A: "b\r\nC: d" } }],
    ["a header name with a colon", { method: "GET", url: "a", headers: { "A:": "b" } }],
    ["a name with a line break", { method: "GET", url: "a", contentId: "1\r\n" }],
    ["an empty name", { method: "GET", url: "a", contentId: "" }],
  ])("refuses %s, alone or in a group", (_, request) => {
    expect(() => writeParts([request])).toThrow(OperationError);
    expect(() => writeParts([{ members: [request] }])).toThrow(OperationError);
  });

  it.each<[string, unknown]>([
    ["no request at all", null],
    ["a text", "GET a"],
    ["nothing that a request has", {}],
    ["a method that is a number", { method: 5, url: "a" }],
    ["a url that is an object", { method: "GET", url: new URL("https://h.example/") }],
    ["a name that is a number", { method: "GET", url: "a", contentId: 7 }],
    ["a body that is a value", { method: "POST", url: "a", body: { b: 1 } }],
    ["a group in a group", { members: [{ members: [{ method: "POST", url: "a" }] }] }],
  ])("refuses %s, where types are not checked", (_, part) => {
    expect(() => writeParts([part as PartRequest])).toThrow(OperationError);
    expect(() => writeParts([part as PartRequest])).toThrow(/^Cannot write a part as /);
  });

  it("refuses a group without members", () => {
    expect(() => writeParts([{ members: [] }])).toThrow(
      "Cannot write a part as a group must have members: current value is none",
    );
  });

  it.each<[string, string | undefined]>([
    ["the name of another", "same"],
    ["the number of one without a name", undefined],
  ])("refuses a name that is %s, for their answers could not be told apart", (_, first) => {
    const parts: PartRequest[] = [
      { method: "GET", url: "a", contentId: first },
      { method: "GET", url: "b", contentId: first ?? "1" },
    ];
    expect(() => writeParts(parts)).toThrow(OperationError);
    expect(() => writeParts([{ members: parts }])).toThrow("2 requests with 1 names");
  });

  it("refuses an option that nobody reads", () => {
    const options = { contentlength: true } as object;
    expect(() => writeParts([], options)).toThrow("did you mean contentLength?");
  });

  it("says before how many octets there will be", () => {
    const read = { method: "GET", url: "a", contentId: "7" };
    const write = { method: "POST", url: "b", body: "ü", contentId: "8" };
    const parts = [read, { members: [write, { ...write, contentId: "9" }] }];
    const options = { contentLength: true };
    const sum = parts.reduce((bytes, part) => bytes + partBytes(part, options), FRAME_BYTES);
    expect(writeParts(parts, options).body).toHaveLength(sum);
  });
});
