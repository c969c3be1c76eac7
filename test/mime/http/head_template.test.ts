import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HeadTemplate } from "../../../src/mime/http/head_template.ts";
import { MultipartReader } from "../../../src/mime/multipart/reader.ts";
import { fuzz } from "../../support/fuzz.ts";

const octets = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** What is found of `head` by a template that has kept `kept`: where the head ends, and its Content-ID. */
function match(kept: string, text: string, end = text.length): [number, string] | undefined {
  const template = new HeadTemplate();
  template.keep(octets(kept), 0, kept.length);
  const found = template.match(octets(text), 0, end);
  return found === -1 ? undefined : [found, text.slice(template.idStart, template.idEnd)];
}

const HEAD = "Content-Type: application/http\r\nContent-ID: 1\r\nX-Last: y\r\n\r\n";

describe("a head template", () => {
  it("knows the same head with another Content-ID, of any length", () => {
    for (const id of ["1", "7", "20", "<33>", "response-1@x"]) {
      const head = HEAD.replace("ID: 1", `ID: ${id}`);
      expect(match(HEAD, `${head}body`)).toEqual([head.length, id]);
    }
  });

  it("knows a head without a Content-ID", () => {
    const head = "Content-Type: application/http\r\n\r\n";
    expect(match(head, `${head}body`)).toEqual([head.length, ""]);
    expect(match(head, head)).toEqual([head.length, ""]);
    for (let end = 0; end < head.length; end++) expect(match(head, head, end)).toBeUndefined();
    expect(match(head, HEAD)).toBeUndefined();
    expect(match(HEAD, head)).toBeUndefined();
  });

  it.each([
    ["another type", HEAD.replace("http", "json")],
    ["a Content-ID with blanks in it", HEAD.replace("ID: 1", "ID: 1 2")],
    ["no Content-ID", HEAD.replace("ID: 1", "ID: ")],
    ["a Content-ID with DEL in it", HEAD.replace("ID: 1", "ID: 1\x7f")],
    ["a Content-ID beyond ASCII", HEAD.replace("ID: 1", "ID: \xe9")],
    ["other line ends", HEAD.replaceAll("\r\n", "\n")],
    ["a folded Content-ID", HEAD.replace("ID: 1", "ID: 1\r\n 2")],
    ["one more field behind", HEAD.replace("\r\n\r\n", "\r\nX: y\r\n\r\n")],
  ])("does not know %s", (_what, head) => {
    expect(match(HEAD, head)).toBeUndefined();
  });

  it.each([
    ["stands first", "Content-ID: 1\r\nX: y\r\n\r\n"],
    ["has a blank before its colon", "Content-ID : 1\r\nX: y\r\n\r\n"],
    ["has no blank behind its colon", "Content-ID:1\r\nX: y\r\n\r\n"],
    ["has two blanks behind its colon", "Content-ID: \t1\r\nX: y\r\n\r\n"],
    ["has blanks behind it", "Content-ID: 1 \t\r\nX: y\r\n\r\n"],
    ["was longer", "Content-ID: 1<long>\r\nX: y\r\n\r\n"],
  ])("knows a head whose Content-ID %s", (_what, head) => {
    const other = head.replace(/1\S*/, "22");
    expect(match(head, other)).toEqual([other.length, "22"]);
    expect(match(head, head)?.[0]).toBe(head.length);
  });

  it("keeps 512 octets, wherever they stand, and no more", () => {
    const longest = `Content-ID: 1\r\nX: ${"y".repeat(490)}\r\n\r\n`;
    expect(longest).toHaveLength(512);
    expect(match(longest, longest)).toEqual([512, "1"]);
    const longer = longest.replace("X:", "XX:");
    expect(match(longer, longer)).toBeUndefined();
    const template = new HeadTemplate();
    template.keep(octets("x".repeat(600) + HEAD), 600, 600 + HEAD.length);
    expect(template.match(octets(HEAD), 0, HEAD.length)).toBe(HEAD.length);
  });

  it("does not look behind the end", () => {
    for (let end = 0; end < HEAD.length; end++) expect(match(HEAD, HEAD, end)).toBeUndefined();
  });

  it.each([
    ["two Content-IDs", "Content-ID: 1\r\nContent-ID: 2\r\n\r\n"],
    ["two Content-IDs, one spelt with a blank", "Content-ID : 1\r\ncontent-id: 2\r\n\r\n"],
    ["a folded Content-ID", "Content-ID: 1\r\n 2\r\n\r\n"],
    ["line ends that are not CRLF", "X: y\nContent-ID: 1\r\n\r\n"],
    ["no empty line", "Content-ID: 1\r\n"],
    ["more than a head", "Content-ID: 1\r\n\r\nX: y\r\n"],
    ["a head of more than 512 octets", `X: ${"y".repeat(512)}\r\nContent-ID: 1\r\n\r\n`],
  ])("does not keep %s", (_what, head) => {
    expect(match(head, head)).toBeUndefined();
  });

  it("never changes what a reader finds: fields and Content-ID agree, whatever came before", () => {
    const id = fc.constantFrom("1", "2", "20", "<3>", "x@y", "", "a b", "1\r\n 2");
    const name = fc.constantFrom("Content-ID", "content-id", "Content-ID ", "CONTENT-ID");
    const line = fc.oneof(
      fc.tuple(name, id).map(([name, id]) => `${name}: ${id}`),
      fc.constantFrom("Content-Type: application/http", "X: content-id", "X: y", " folded: z"),
    );
    const lineEnd = fc.constantFrom("\r\n", "\r\n", "\r\n", "\n", "\r");
    const part = fc.tuple(fc.array(line, { maxLength: 4 }), lineEnd, fc.constantFrom("", "b"))
      .map(([lines, end, body]) => lines.map((line) => line + end).join("") + end + body);
    const property = fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const text = parts.map((part) => `--b\r\n${part}\r\n`).join("") + "--b--";
      const whole = [...new MultipartReader("b").write(octets(text))];
      expect(whole).toHaveLength(parts.length);
      for (const { contentId, headers } of whole) expect(contentId).toBe(headers["content-id"]);
      const reader = new MultipartReader("b");
      const bytewise = [...octets(text)].flatMap((
        octet,
      ) => [...reader.write(Uint8Array.of(octet))]);
      const plain = (parts: typeof whole) =>
        parts.map(({ headers, body }) => ({ headers, body: [...body.joined()] }));
      expect(plain(whole)).toEqual(plain(bytewise));
    });
    fc.assert(property, fuzz(200));
  });
});
