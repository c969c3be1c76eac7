import { describe, expect, it } from "vitest";
import { type Fields, HeadScanner } from "../../../src/mime/http/head_scanner.ts";
import { latin1, octets, text } from "../../support/octets.ts";

/** The fields of a block, and what follows it. */
function read(block: string): { fields: Fields; rest: string } {
  const bytes = octets(block);
  const scanner = new HeadScanner();
  scanner.reset(0);
  const end = scanner.scan(bytes, bytes.length, true);
  return { fields: scanner.readFields(bytes), rest: text(bytes.subarray(end)) };
}

describe("HeadScanner", () => {
  it("reads fields and finds the body", () => {
    expect(read('Content-Type: a/b\r\nETag: W/"1"\r\n\r\nbody')).toEqual({
      fields: { "content-type": "a/b", etag: 'W/"1"' },
      rest: "body",
    });
  });

  it.each([
    ["LF", "A: 1\nB: 2\n\nbody"],
    ["CR", "A: 1\rB: 2\r\rbody"],
    ["CRLF then LF", "A: 1\r\nB: 2\n\nbody"],
    ["LF then CRLF", "A: 1\nB: 2\n\r\nbody"],
    ["CR then CRLF", "A: 1\rB: 2\r\r\nbody"],
    ["CRLF then CR", "A: 1\r\nB: 2\r\n\rbody"],
  ])("takes lines that end with %s", (_name, block) => {
    expect(read(block)).toEqual({ fields: { a: "1", b: "2" }, rest: "body" });
  });

  it("takes a block without a line", () => {
    expect(read("\r\nbody")).toEqual({ fields: {}, rest: "body" });
    expect(read("")).toEqual({ fields: {}, rest: "" });
  });

  it("lets the end of the part end the block", () => {
    expect(read("A: 1\r\nB: 2\r\n")).toEqual({ fields: { a: "1", b: "2" }, rest: "" });
    expect(read("A: 1\r\nB: 2")).toEqual({ fields: { a: "1", b: "2" }, rest: "" });
    expect(read("A: 1\r\n\r")).toEqual({ fields: { a: "1" }, rest: "" });
  });

  it("splits at the first colon and trims blanks on both sides", () => {
    expect(read("Location:http://x:80/y\r\nDate \t:\t Mon, 01:02:03 \t\r\n").fields).toEqual({
      location: "http://x:80/y",
      date: "Mon, 01:02:03",
    });
  });

  it("takes empty values", () => {
    expect(read("location: \r\nx:\r\ny: 1\r\n").fields).toEqual({ location: "", x: "", y: "1" });
  });

  it("joins repeats, whatever their letter case", () => {
    expect(read("Via: a\r\nx: 0\r\nVIA: b\r\nvia:\r\n").fields).toEqual({
      via: "a, b, ",
      x: "0",
    });
  });

  it("unfolds lines that go on", () => {
    expect(read("A: 1\r\n  2\r\n\t3 \r\n \r\nB: 4\r\n").fields).toEqual({ a: "1 2 3", b: "4" });
    expect(read(" lost\r\nA: 1\r\n").fields).toEqual({ a: "1" });
    expect(read("Content-ID:\r\n 1\r\nX: \r\n\t\r\n  y\r\n z\r\n").fields).toEqual({
      "content-id": "1",
      x: "y z",
    });
  });

  it("drops lines that are no fields, with what folds onto them", () => {
    expect(read("nothing\r\n more\r\n: x\r\nA: 1\r\n").fields).toEqual({ a: "1" });
  });

  it("lets a body begin without a blank line, where no header could", () => {
    expect(read('A: 1\r\n{"a":"b"}')).toEqual({ fields: { a: "1" }, rest: '{"a":"b"}' });
    for (const body of ["<html>", "[1]", '"text"']) {
      expect(read(`A: 1\n${body}`)).toEqual({ fields: { a: "1" }, rest: body });
    }
  });

  it("keeps names that objects know too", () => {
    const { fields } = read("__proto__: a\r\nconstructor: b\r\n__proto__: c\r\nToString: d\r\n");
    expect(Object.entries(fields)).toEqual([
      ["__proto__", "a, c"],
      ["constructor", "b"],
      ["tostring", "d"],
    ]);
  });

  it("reads values in Latin-1", () => {
    const bytes = latin1("X: \u00fc\u00df\u0080\r\n\r\n");
    const scanner = new HeadScanner();
    scanner.reset(0);
    scanner.scan(bytes, bytes.length, true);
    expect(scanner.readFields(bytes)).toEqual({ x: "\u00fc\u00df\u0080" });
  });

  it("says when it has to see more, and goes on where it was", () => {
    const bytes = octets("A: 1\r\nB: 2\r\n\r\nbody");
    const scanner = new HeadScanner();
    scanner.reset(0);
    const answers: number[] = [];
    for (let end = 1; end <= bytes.length; end++) answers.push(scanner.scan(bytes, end, false));
    expect(answers.indexOf(14)).toBe(13);
    expect(answers.slice(0, 13)).toEqual(new Array(13).fill(-1));
    expect(scanner.readFields(bytes)).toEqual({ a: "1", b: "2" });
  });

  it.each([
    ["A: 1\r\nContent-Type: multipart/mixed\r\n\r\n", true],
    ["Content-Type: MULTIPART/MIXED\r\n\r\n", true],
    ["Content-Type: application/http\r\n\r\n", false],
    ["/t: t\r\nB: /t/\r\n\r\n", true],
    ["/t: t\r\nB: t\r\n\r\n", false],
    ["X: 4/5\r\n\r\n", false],
  ])("says of %j whether it may name a multipart type: %s", (block, mayBeMultipart) => {
    const bytes = octets(block);
    const scanner = new HeadScanner();
    scanner.reset(0);
    expect(scanner.mayBeMultipart).toBe(false);
    scanner.scan(bytes, bytes.length, true);
    expect(scanner.mayBeMultipart).toBe(mayBeMultipart);
    scanner.reset(0);
    expect(scanner.mayBeMultipart).toBe(false);
  });

  it("counts no octet behind the end, not even the LF of a CRLF", () => {
    const bytes = octets("A: 1\r\n\r\nbody");
    const scanner = new HeadScanner();
    scanner.reset(0);
    expect(scanner.scan(bytes, 7, true)).toBe(7);
  });

  it("gives what folds onto a line that is no field to no field before it", () => {
    for (const line of ["nonsense", ": 1"]) {
      expect(read(`A: 1\r\n${line}\r\n more\r\nB: 2\r\n\r\n`).fields).toEqual({ a: "1", b: "2" });
    }
  });

  it("unfolds lines of a block that stands behind others", () => {
    const bytes = octets("before A: 1\r\n 2\r\n\tand 3\r\n\r\n");
    const scanner = new HeadScanner();
    scanner.reset(7);
    scanner.scan(bytes, bytes.length, true);
    expect(scanner.readFields(bytes)).toEqual({ a: "1 2 and 3" });
  });

  it("drops a line without a name in a block that stands behind others", () => {
    const bytes = octets("before : x\r\nA: 1\r\n\r\n");
    const scanner = new HeadScanner();
    scanner.reset(7);
    scanner.scan(bytes, bytes.length, true);
    expect(scanner.readFields(bytes)).toEqual({ a: "1" });
  });

  it("is ready for a block at the beginning from the first", () => {
    const message = (block: string) => {
      const bytes = octets(block);
      const scanner = new HeadScanner();
      expect([scanner.scan(bytes, bytes.length, true), scanner.mayBeMultipart])
        .toEqual([bytes.length, false]);
      return scanner.readMessage(bytes);
    };
    expect(message("")).toEqual({ startLine: "", fields: {} });
    expect(message("start\r\nA: 1")).toEqual({ startLine: "start", fields: { a: "1" } });
  });

  it("lets a status line end the head of a part, once its beginning is there", () => {
    const bytes = octets("H: 1\r\nHTTP: 2\r\nHTTP/1.1 200 OK\r\n\r\n");
    const statusLineAt = bytes.length - "HTTP/1.1 200 OK\r\n\r\n".length;
    const ends = Array.from(bytes, (_, at) => at + 1);
    const growing = (scanner: HeadScanner) => ends.map((end) => scanner.scan(bytes, end, false));
    const knownFrom = statusLineAt + "HTTP/".length;
    expect(growing(new HeadScanner(true)).slice(0, knownFrom)).toEqual(
      ends.slice(0, knownFrom).map((end) => end < knownFrom ? -1 : statusLineAt),
    );
    for (const isWhole of [true, false]) {
      const scanner = new HeadScanner(true);
      expect(scanner.scan(bytes, bytes.length, isWhole)).toBe(statusLineAt);
      expect(scanner.readFields(bytes)).toEqual({ h: "1", http: "2" });
    }
    // In any other head it is a line like the others.
    expect(growing(new HeadScanner()).at(-1)).toBe(bytes.length);
  });

  it("waits for no status line where the line goes on otherwise, or ends the part", () => {
    for (const block of ["H: 1\r\n\r\n", "HTTP: 1\r\n\r\n", "A: 1\r\n\r\n"]) {
      const scanner = new HeadScanner(true);
      expect(scanner.scan(octets(block), block.length, false)).toBe(block.length);
    }
    const scanner = new HeadScanner(true);
    expect(scanner.scan(octets("HTTP"), 4, true)).toBe(4);
  });

  it("begins anew after a reset", () => {
    const bytes = octets("A: 1\r\n\r\nstart\r\nB: 2\r\n\r\n");
    const scanner = new HeadScanner();
    scanner.reset(0);
    const next = scanner.scan(bytes, bytes.length, true);
    scanner.reset(next);
    expect(scanner.scan(bytes, bytes.length, true)).toBe(bytes.length);
    expect(scanner.readMessage(bytes)).toEqual({ startLine: "start", fields: { b: "2" } });
  });
});
