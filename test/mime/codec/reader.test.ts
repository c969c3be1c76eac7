import { describe, expect, it } from "vitest";
import {
  decodeBody,
  DecodeError,
  LimitError,
  type PartAnswer,
  PartReader,
} from "../../../src/mime.ts";

const utf8 = new TextEncoder();
const TYPE = "multipart/mixed; boundary=b";

const answer = [
  "--b|Content-Type: application/http|Content-ID: 1||HTTP/1.1 200 OK|Content-Type: text/plain||one",
  "--b|Content-Type: multipart/mixed; boundary=n|",
  "--n|Content-Type: application/http|Content-ID: 2||HTTP/1.1 201 Created|ETag: x||{}",
  "--n|Content-Type: application/http||HTTP/1.1 204 No Content|Content-ID: 3||",
  "--n--",
  "--b|Content-Type: text/html||<p>busy</p>",
  "--b|Content-Type: application/http||HTTP/1.1 100 Continue||HTTP/1.1 404 Not Found||",
  "--b--|",
].join("|").replaceAll("|", "\r\n");

function read(text: string, size: number, limits = {}): readonly PartAnswer[] {
  const reader = new PartReader(TYPE, limits);
  const octets = utf8.encode(text);
  const parts: PartAnswer[] = [];
  for (let at = 0; at < octets.length; at += size) {
    parts.push(...reader.write(octets.slice(at, at + size)));
  }
  parts.push(...reader.end());
  return parts;
}

const shown = ({ place, depth, contentId, status, headers, bytes }: PartAnswer) => ({
  at: [place, depth, contentId],
  status,
  headers: Object.keys(headers),
  text: new TextDecoder().decode(bytes),
});

describe("PartReader", () => {
  it.each([1, 7, 64, 10_000])("gives the same answers for chunks of %i octets", (size) => {
    expect(read(answer, size).map(shown)).toEqual([
      { at: [0, 0, "1"], status: 200, headers: ["content-type"], text: "one" },
      { at: [1, 1, "2"], status: 201, headers: ["etag"], text: "{}" },
      { at: [1, 1, undefined], status: 204, headers: ["content-id"], text: "" },
      { at: [2, 0, undefined], status: 0, headers: [], text: "<p>busy</p>" },
      { at: [3, 0, undefined], status: 404, headers: [], text: "" },
    ]);
  });

  it("gives an answer with the octet that completes it, and sees the end", () => {
    const reader = new PartReader(TYPE);
    const cut = answer.indexOf("--n|".replace("|", "\r\n"));
    expect([...reader.write(utf8.encode(answer.slice(0, cut)))]).toHaveLength(1);
    expect([reader.placeCount, reader.isClosed]).toEqual([1, false]);
    expect([...reader.write(utf8.encode(answer.slice(cut)))]).toHaveLength(4);
    expect([reader.placeCount, reader.isClosed]).toEqual([4, true]);
  });

  it("gives what is whole before it says that an answer was cut off", () => {
    const reader = new PartReader(TYPE);
    expect([...reader.write(utf8.encode(answer.slice(0, -10)))]).toHaveLength(4);
    // Nothing comes with the end, so nobody iterates over it.
    expect(() => reader.end()).toThrow(DecodeError);
  });

  it.each([{ maxParts: 2 }, { maxNestingDepth: 0 }, { maxPartHeaderBytes: 20 }])(
    "stops at the limit %o",
    (limits) => {
      expect(() => read(answer, 64, limits)).toThrow(LimitError);
    },
  );

  it("stops at an answer whose own head is longer than that of a part may be", () => {
    const long = `--b\r\n\r\nHTTP/1.1 200 OK\r\nX: ${"y".repeat(50)}\r\n\r\n\r\n--b--`;
    expect(read(long, 64)).toMatchObject([{ status: 200 }]);
    expect(() => read(long, 64, { maxPartHeaderBytes: 40 })).toThrow(LimitError);
  });

  it("wants a boundary", () => {
    expect(() => new PartReader("multipart/mixed")).toThrow(DecodeError);
  });

  it("wants limits that are numbers, by names that are known", () => {
    const limited = (limits: object) => () => new PartReader(TYPE, limits);
    for (const limit of [-1, 1.5, NaN]) {
      expect(limited({ maxParts: limit })).toThrow(RangeError);
      expect(limited({ maxParts: limit })).toThrow(
        `Cannot use limit maxParts as it must be a whole number from 0: current value is ${limit}`,
      );
    }
    expect(limited({ maxParts: "9" })).toThrow(TypeError);
    expect(limited({ maxParts: "9" })).toThrow(
      "Cannot use limit maxParts as it must be a number: current value is a string",
    );
    expect(limited({ maxpart: 9 })).toThrow(
      "Cannot use limits as every name there must be a known one: current value is one with maxpart (did you mean maxParts?)",
    );
    expect(limited({ maxParts: undefined, maxNestingDepth: 0, maxPartHeaderBytes: Infinity }))
      .not.toThrow();
  });

  it("undoes what frames a body, and says when it cannot", () => {
    const of = (headers: string, body: string, status = "200 OK") =>
      read(`--b\r\n\r\nHTTP/1.1 ${status}\r\n${headers}\r\n\r\n${body}\r\n--b--\r\n`, 1_000)[0]!;
    const text = (part: PartAnswer) => new TextDecoder().decode(part.bytes);
    expect(text(of("Transfer-Encoding: chunked", "3\r\nabc\r\n0\r\n"))).toBe("abc");
    expect(text(of("Content-Length: 3", "abc\r\n\r\n"))).toBe("abc");
    expect(text(of("X: y", "abc", "304 Not Modified"))).toBe("");
    const compressed = of("Content-Encoding: gzip", "abc");
    expect(compressed.status).toBe(200);
    expect(() => compressed.bytes).toThrow(DecodeError);
  });
});

describe("decodeBody", () => {
  it("decodes as the doors do", () => {
    const bytes = utf8.encode('{"a":"ü"}');
    expect(decodeBody(bytes, "application/json")).toEqual({ a: "ü" });
    expect(decodeBody(bytes, "text/plain")).toBe('{"a":"ü"}');
    expect(decodeBody(bytes, undefined)).toEqual(bytes);
    expect(decodeBody(new Uint8Array(0), "application/json")).toBeUndefined();
    expect(() => decodeBody(utf8.encode("{"), "application/json")).toThrow(DecodeError);
  });
});
