import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { DecodeError, LimitError } from "../../../src/operation/errors.ts";
import { readFinalAnswer, readHttpAnswer } from "../../../src/mime/http/message.ts";
import { Octets } from "../../../src/mime/octets.ts";
import { fuzz } from "../../support/fuzz.ts";
import { chunksOf, octets, text } from "../../support/octets.ts";
import { inPieces, ofEveryCut } from "../support.ts";

function read(message: string, maxHeaderBytes = 1_000) {
  const { body, ...head } = readHttpAnswer(Octets.of(octets(message)), maxHeaderBytes);
  return { ...head, body: text(body.joined()) };
}

describe("readHttpAnswer()", () => {
  it("reads status, headers and body", () => {
    expect(read("HTTP/1.1 201 Created\r\nLocation: /x\r\n\r\n{}")).toEqual({
      status: 201,
      reason: "Created",
      headers: { location: "/x" },
      body: "{}",
    });
  });

  it.each([
    ["HTTP/1.1 204", 204, ""],
    ["HTTP/1.1 204 ", 204, ""],
    ["HTTP/1.1 200 Ok", 200, "Ok"],
    ["HTTP/1.1 403 Access Not Configured", 403, "Access Not Configured"],
    ["HTTP/1.1 400 The value 200 is: bad", 400, "The value 200 is: bad"],
    ["HTTP/1.0 200  OK", 200, "OK"],
    ["HTTP/2 200", 200, ""],
    ["HTTP/1.1\t999\tx", 999, "x"],
    ["HTTP/10.12 \t 200 \t a b", 200, "a b"],
    ["http/1.1 200 no text", 200, "no text"],
  ])("takes the status line %j", (line, status, reason) => {
    expect(read(`${line}\r\n\r\n`)).toEqual({ status, reason, headers: {}, body: "" });
  });

  it.each([
    "",
    "\r\n\r\n",
    "200 OK\r\n\r\n",
    "HTTP/1.1\r\n\r\n",
    "HTTP/1.1 20\r\n\r\n",
    "HTTP/1.1 2000 OK\r\n\r\n",
    "HTTP/1.1 099 No\r\n\r\n",
    "HTTP/1.1 abc OK\r\n\r\n",
    "HTTP/x.y 200 OK\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
    "x HTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 200OK\r\n\r\n",
    '{"a":1}',
  ])("refuses %j", (message) => {
    expect(() => read(message)).toThrow(DecodeError);
    expect(() => read(message)).toThrow(
      /^Cannot read a part as it must begin with an HTTP status line: current value is a line of \d+ characters$/,
    );
  });

  it("skips empty lines before the status line", () => {
    expect(read("\r\n\n\rHTTP/1.1 200 OK\r\n\r\nx").body).toBe("x");
  });

  it("takes a head without a blank line as one without a body", () => {
    expect(read("HTTP/1.1 202 Accepted")).toMatchObject({ status: 202, body: "" });
    expect(read("HTTP/1.1 202 Accepted\r\n")).toMatchObject({ status: 202, body: "" });
    expect(read("HTTP/1.1 204 No\r\nETag: x\r\n")).toMatchObject({ headers: { etag: "x" } });
  });

  it("leaves the body alone", () => {
    const body = "\r\nHTTP/1.1 500 No\r\n--b\r\nContent-ID: 9\r\n\r\n";
    expect(read(`HTTP/1.1 200 OK\n\n${body}`).body).toBe(body);
  });

  it("limits the head", () => {
    const message = `HTTP/1.1 200 OK\r\nX: ${"x".repeat(100)}\r\n\r\nbody`;
    const headBytes = message.length - 4;
    expect(read(message, headBytes).body).toBe("body");
    expect(() => read(message, headBytes - 1)).toThrow(LimitError);
  });

  it("takes a head of just that length, however the message was cut", () => {
    const head = "HTTP/1.1 200 OK\rX: 1\r\r";
    const read = (message: Octets) => text(readHttpAnswer(message, head.length).body.joined());
    expect(ofEveryCut(octets(`${head}body`), read)).toBe("body");
  });

  it("reads heads that are the same octet by octet once", () => {
    const head = "HTTP/1.1 200 OK\r\nX-Same: 1\r\n\r\n";
    const [first, second] = ["a", "b"].map((body) => read(`${head}${body}`, head.length));
    expect(second!.headers).toBe(first!.headers);
    expect([first!.body, second!.body]).toEqual(["a", "b"]);
  });

  it("reads the same however the message was cut", () => {
    const head = fc.constantFrom(
      "HTTP/1.1 200 OK\r\nX: y\r\n\r\n",
      `\r\n\nHTTP/1.1 200 OK\nX: ${"y".repeat(40)}\n\n`,
      `HTTP/1.1 200 OK\rX: ${"y".repeat(3_000)}\r\r`,
      "HTTP/1.1 204 No\r\nX: y",
      "HTTP/1.1 200 OK\r\nX: y\r\n{}",
      "\r\n\r",
      "no answer",
    );
    const outcome = (message: Octets, maxHeaderBytes: number) => {
      try {
        const { body, ...rest } = readHttpAnswer(message, maxHeaderBytes);
        return { ...rest, body: text(body.joined()) };
      } catch (error) {
        return String(error);
      }
    };
    const places = fc.array(fc.nat(3_300), { maxLength: 6 });
    fc.assert(
      fc.property(
        head,
        fc.string({ maxLength: 200 }),
        places,
        fc.nat(3_200),
        (head, body, cuts, max) => {
          const bytes = octets(head + body);
          for (const limit of [65_536, max, head.length, head.length - 1]) {
            expect(outcome(inPieces(bytes, cuts), limit)).toEqual(outcome(Octets.of(bytes), limit));
          }
        },
      ),
      fuzz(1_000),
    );
  });

  describe("puts no more together than it has to", () => {
    /** What was read, and how many octets were copied meanwhile. */
    function copied(work: () => unknown): number {
      const set = vi.spyOn(Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array, "set");
      try {
        work();
        return set.mock.calls.reduce((sum, [source]) => sum + source.length, 0);
      } finally {
        set.mockRestore();
      }
    }

    it("of a body behind a head in two pieces", () => {
      const head = octets(`HTTP/1.1 200 OK\r\nX: ${"y".repeat(100)}\r\n\r\n`);
      const pieces = [head.subarray(0, 50), head.subarray(50), new Uint8Array(1_000_000)];
      const message = new Octets(pieces, head.length + 1_000_000);
      expect(copied(() => readHttpAnswer(message, 65_536))).toBeLessThan(4_096);
    });

    it("of a head that comes in very many", () => {
      const head = octets(`HTTP/1.1 200 OK\r\nX: ${"y".repeat(1_000_000)}\r\n\r\n`);
      const message = new Octets(chunksOf(head, 512), head.length);
      expect(copied(() => readHttpAnswer(message, Infinity))).toBeLessThan(2 * head.length);
    });

    it("of a head that is too long", () => {
      const head = octets(`HTTP/1.1 200 OK\r\nX: ${"y".repeat(1_000_000)}\r\n\r\n`);
      const message = new Octets(chunksOf(head, 512), head.length);
      const refuse = () => expect(() => readHttpAnswer(message, 1_000)).toThrow(LimitError);
      expect(copied(refuse)).toBeLessThan(16_384);
    });
  });

  it("reads a hundred thousand headers", () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => `x${index % 50_000}: ${index}`);
    const { headers } = read(`HTTP/1.1 200 OK\r\n${lines.join("\r\n")}\r\n\r\n`, Infinity);
    expect(Object.keys(headers)).toHaveLength(50_000);
    expect(headers["x1"]).toBe("1, 50001");
  });
});

describe("readFinalAnswer()", () => {
  const interim = (status: number) => `HTTP/1.1 ${status} -\r\nLink: <x>\r\n\r\n`;
  const final = (message: string) =>
    ofEveryCut(octets(message), (pieces) => {
      const answer = readFinalAnswer(pieces, 1_000);
      return answer && [answer.status, text(answer.body.joined())];
    });

  it("passes over what a server says in the meantime", () => {
    expect(final("HTTP/1.1 200 OK\r\n\r\nbody")).toEqual([200, "body"]);
    expect(final(`${interim(100)}HTTP/1.1 200 OK\r\n\r\nbody`)).toEqual([200, "body"]);
    expect(final(`${interim(103)}${interim(199)}HTTP/1.1 404 No\r\n\r\n`)).toEqual([404, ""]);
  });

  it("is none where that is all", () => {
    expect(final(interim(100))).toBeUndefined();
    expect(final(`${interim(102)}${interim(199)}\r\n\n`)).toBeUndefined();
  });

  it("cannot be read where something else follows", () => {
    const message = Octets.of(octets(`${interim(100)}\r\n{}`));
    expect(() => readFinalAnswer(message, 1_000)).toThrow(DecodeError);
  });
});
