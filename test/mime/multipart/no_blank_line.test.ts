import { describe, expect, it } from "vitest";
import { PartReader } from "../../../src/mime/codec/reader.ts";
import { octets, text } from "../../support/octets.ts";

const HEAD = "Content-Type: application/http\r\nContent-ID: 7\r\n";
const MESSAGE = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nbody";

/** What comes of the parts of one message, in pieces of so many octets. */
function read(parts: readonly string[], size: number): unknown[] {
  const bytes = octets(parts.map((part) => `--b\r\n${part}\r\n`).join("") + "--b--\r\n");
  const reader = new PartReader("multipart/mixed; boundary=b");
  const found: unknown[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    for (const { contentId, status, bytes: body } of reader.write(bytes.slice(at, at + size))) {
      found.push([contentId, status, text(body)]);
    }
  }
  return found;
}

describe("a part whose own head has no empty line behind it", () => {
  it.each([1, 2, 3, 7, 64, 10_000])(
    "ends it at the status line, in pieces of %i octets",
    (size) => {
      const usual = `${HEAD}\r\n${MESSAGE}`;
      const parts = [`${HEAD}${MESSAGE}`, usual, MESSAGE, `\r\n${MESSAGE}`, usual];
      expect(read(parts, size)).toEqual([
        ["7", 200, "body"],
        ["7", 200, "body"],
        [undefined, 200, "body"],
        [undefined, 200, "body"],
        ["7", 200, "body"],
      ]);
    },
  );

  it.each([1, 10_000])("takes no header for it that begins alike, in pieces of %i", (size) => {
    const parts = [
      `HTTP: 1\r\nH: 2\r\nHTT\r\n${HEAD}\r\n${MESSAGE}`,
      `${HEAD}\r\nHTTP/1.1 200 OK\r\nHTTP/1.1 500 No\r\n\r\nbody`,
      "HTTP",
    ];
    expect(read(parts, size)).toEqual([
      ["7", 200, "body"],
      ["7", 200, "body"],
      [undefined, 0, ""],
    ]);
  });
});
