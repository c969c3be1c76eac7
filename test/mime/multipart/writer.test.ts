import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  CLOSE_BYTES,
  type EncodedMessage,
  type EncodedPart,
  partBytes,
  writeMultipart,
} from "../../../src/mime/multipart/writer.ts";
import { readHttpAnswer } from "../../../src/mime/http/message.ts";
import { MultipartReader } from "../../../src/mime/multipart/reader.ts";
import { fuzz } from "../../support/fuzz.ts";
import { joined, latin1, octets, text } from "../../support/octets.ts";

const HEAD = "POST /y HTTP/1.1\r\n\r\n";

function message(head: string, body?: string | Uint8Array): EncodedMessage {
  const bodyBytes = typeof body === "string" ? octets(body).length : body?.length ?? 0;
  const isAscii = octets(head).length === head.length;
  return { head: isAscii ? [head] : latin1(head), headBytes: head.length, body, bodyBytes };
}

afterEach(() => vi.restoreAllMocks());

describe("writeMultipart()", () => {
  it("writes the canonical octets", () => {
    const { boundary, bytes } = writeMultipart([
      message("GET /x HTTP/1.1\r\n\r\n"),
      message("POST /y HTTP/1.1\r\nContent-Type: text/plain\r\n\r\n", "Grüße"),
    ]);
    expect(text(bytes)).toBe(
      [
        `--${boundary}`,
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        "Content-ID: 1",
        "",
        "GET /x HTTP/1.1",
        "",
        "",
        `--${boundary}`,
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        "Content-ID: 2",
        "",
        "POST /y HTTP/1.1",
        "Content-Type: text/plain",
        "",
        "Grüße",
        `--${boundary}--`,
        "",
      ].join("\r\n"),
    );
  });

  it("writes heads in Latin-1 and text in UTF-8", () => {
    const { bytes } = writeMultipart([
      message("GET /x HTTP/1.1\r\nX: \u00fc\u00ff\r\n\r\n", "ü"),
      message("GET /y HTTP/1.1\r\n\r\n", Uint8Array.of(0, 255)),
    ]);
    const written = Array.from(bytes, (octet) => String.fromCharCode(octet)).join("");
    expect(written).toContain("X: \u00fc\u00ff\r\n\r\n\u00c3\u00bc\r\n--batch_");
    expect(written).toContain("\r\n\r\n\u0000\u00ff\r\n--batch_");
  });

  it("writes nothing as a close delimiter", () => {
    const { boundary, bytes } = writeMultipart([]);
    expect(text(bytes)).toBe(`--${boundary}--\r\n`);
  });

  it("fills one array of exactly the stated length", () => {
    const messages = Array.from({ length: 120 }, () => message("GET / HTTP/1.1\r\n\r\n"));
    const { bytes } = writeMultipart(messages);
    const parts = messages.map((one, at) => partBytes(one, at + 1));
    expect(bytes.length).toBe(parts.reduce((sum, length) => sum + length, CLOSE_BYTES));
    expect(bytes.buffer.byteLength).toBe(bytes.length);
    const digits = parts.map((length) => 1 + length - parts[0]!);
    expect(digits).toEqual(parts.map((_, at) => String(at + 1).length));
    expect(text(bytes)).toContain("\r\nContent-ID: 120\r\n");
  });

  it.each<[string, (boundary: string) => EncodedPart]>([
    ["a string", (boundary) => message(HEAD, `x--${boundary}`)],
    ["bytes", (boundary) => message(HEAD, octets(`x\r\n--${boundary}`))],
    ["a change set", (boundary) => ({ members: [message(HEAD), message(HEAD, boundary)] })],
  ])("draws again when a boundary stands in %s", async (_kind, partWith) => {
    vi.resetModules();
    vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
      (array as Uint8Array).fill(1, 0, 32).fill(2, 32);
      return array;
    });
    const fresh = await import("../../../src/mime/multipart/writer.ts");
    const { boundary } = fresh.writeMultipart([
      message("GET /x HTTP/1.1\r\n\r\n"),
      partWith(`batch_${"01".repeat(16)}`),
    ]);
    expect(boundary).toBe(`batch_${"02".repeat(16)}`);
  });

  it("writes what a reader gives back", () => {
    const body = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.uint8Array(),
      fc.constant(undefined),
      fc.constantFrom("\r\n", "--batch_", "\r\n--batch_\r\n\r\n", "HTTP/1.1 200 OK\r\n"),
    );
    const value = fc.string({ unit: fc.constantFrom("a", ":", " b", "\u00fc", "-") });
    fc.assert(
      fc.property(
        fc.array(fc.record({ value, body }), { minLength: 1, maxLength: 20 }),
        (given) => {
          const { boundary, bytes } = writeMultipart(
            given.map((one) => message(`HTTP/1.1 200 OK\r\nX: ${one.value}\r\n\r\n`, one.body)),
          );
          const reader = new MultipartReader(boundary);
          const parts = [...reader.write(bytes), ...reader.end()];
          const answers = parts.map((part) => readHttpAnswer(part.body, Infinity));
          expect(parts.map(({ headers }) => headers["content-id"])).toEqual(
            given.map((_, at) => String(at + 1)),
          );
          expect(answers.map(({ headers }) => headers["x"])).toEqual(
            given.map((one) => one.value.trim()),
          );
          expect(joined(answers.map((answer) => answer.body.joined()))).toEqual(
            joined(
              given.map((one) =>
                typeof one.body === "string" ? octets(one.body) : one.body ?? latin1("")
              ),
            ),
          );
        },
      ),
      fuzz(200),
    );
  });

  it("writes a change set as a multipart of its own, and goes on counting", () => {
    const { boundary, bytes } = writeMultipart([
      { members: [message("POST /a HTTP/1.1\r\n\r\n", "1"), message("PUT /b HTTP/1.1\r\n\r\n")] },
      message("GET /c HTTP/1.1\r\n\r\n"),
    ]);
    const nested = boundary.replace("batch_", "chset_");
    const part = (delimiter: string, id: number) => [
      `--${delimiter}`,
      "Content-Type: application/http",
      "Content-Transfer-Encoding: binary",
      `Content-ID: ${id}`,
      "",
    ];
    expect(text(bytes)).toBe(
      [
        `--${boundary}`,
        `Content-Type: multipart/mixed; boundary=${nested}`,
        "",
        ...part(nested, 1),
        "POST /a HTTP/1.1",
        "",
        "1",
        ...part(nested, 2),
        "PUT /b HTTP/1.1",
        "",
        "",
        `--${nested}--`,
        ...part(boundary, 3),
        "GET /c HTTP/1.1",
        "",
        "",
        `--${boundary}--`,
        "",
      ].join("\r\n"),
    );
  });

  it("takes a message whose members are undefined for what it is", () => {
    const one = { ...message(HEAD, "1"), members: undefined };
    const { boundary, bytes } = writeMultipart([one]);
    expect(text(bytes)).toContain(`\r\n\r\n1\r\n--${boundary}--\r\n`);
  });

  it("names a message by the id that it brings", () => {
    const { bytes } = writeMultipart([{
      ...message("GET /x HTTP/1.1\r\n\r\n"),
      contentId: "4711",
    }]);
    expect(text(bytes)).toContain("\r\nContent-ID: 4711\r\n\r\n");
  });

  it("fills one array of exactly the stated length, change sets included", () => {
    const one = fc.record({
      body: fc.option(fc.string({ unit: "grapheme", maxLength: 20 }), { nil: undefined }),
      contentId: fc.constantFrom(undefined, "7", "id-of-mine"),
    }).map(({ body, contentId }) => ({ ...message("GET /x HTTP/1.1\r\n\r\n", body), contentId }));
    const part = fc.oneof(
      one,
      fc.array(one, { minLength: 1, maxLength: 12 }).map((members) => ({ members })),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const { boundary, bytes } = writeMultipart(parts);
        let number = 1;
        let length = CLOSE_BYTES;
        for (const each of parts) {
          length += partBytes(each, number);
          number += "members" in each ? each.members.length : 1;
        }
        expect(bytes.length).toBe(length);
        const reader = new MultipartReader(boundary);
        const read = [...reader.write(bytes), ...reader.end()];
        expect(read.length).toBe(number - 1);
      }),
      fuzz(200),
    );
  });
});
