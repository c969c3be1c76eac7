import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunksOf, cutAt, joined, octets } from "../../support/octets.ts";
import { fuzz } from "../../support/fuzz.ts";
import {
  batchAnswer,
  multipart,
  type MultipartStyle,
  type PartText,
} from "../../support/multipart.ts";
import { reading } from "../support.ts";

/** Texts that are all near-delimiters, line ends and header lookalikes. */
const hostile: fc.Arbitrary<string> = fc.array(
  fc.constantFrom(
    "\r",
    "\n",
    "\r\n",
    "-",
    "--",
    "--b",
    "--b--",
    "--bb",
    "b",
    " ",
    "\t",
    "\r\n--b",
    "\r\n\r\n",
    "--c",
    "\r\n--c--",
    "x",
    ":",
    "X: 1\r\n",
    "{",
    "Content-Type: multipart/mixed; boundary=c\r\n\r\n",
  ),
  { maxLength: 40 },
).map((pieces) => pieces.join(""));

/** A body that no delimiter stands in: `--b` at the beginning of no line. */
const body: fc.Arbitrary<string> = fc.oneof(
  hostile,
  fc.string({ unit: "binary", maxLength: 60 }),
).filter((text) => !/(?:^|[\r\n])--b/.test(text) && !/[\r\n]$/.test(text));

const parts: fc.Arbitrary<PartText[]> = fc.array(
  fc.record({
    headers: fc.array(fc.constantFrom("A: 1", "b:  2 ", "Content-ID: 3", "X-Empty:"), {
      maxLength: 4,
    }),
    body,
  }),
  { minLength: 1, maxLength: 6 },
);

/** A CR that ends the head and a LF that begins the body would be one line end. */
function isAmbiguous(written: readonly PartText[], { lineEnd }: MultipartStyle): boolean {
  return lineEnd === "\r" && written.some(({ body }) => (body as string).startsWith("\n"));
}

/** RFC 2046 §5.1.1 allows 70 characters, and servers send more. */
const BOUNDARIES = ["b", "b".repeat(70), "b".repeat(71), "b".repeat(200), "b'()+_,-./:=? c", "-"];

const style: fc.Arbitrary<MultipartStyle> = fc.record({
  boundary: fc.constantFrom(...BOUNDARIES),
  lineEnd: fc.constantFrom("\r\n", "\n", "\r"),
  padding: fc.constantFrom("", " ", "\t  "),
  preamble: fc.constantFrom("", "preamble", " --b"),
  epilogue: fc.constantFrom("", "\r\n", "--b\r\n\r\nx"),
}, { requiredKeys: ["boundary", "lineEnd", "padding", "epilogue"] });

/** A byte order mark, which some servers write before the first delimiter. */
const mark: fc.Arbitrary<string> = fc.constantFrom("", "", "\ufeff");

function holdsDelimiter(written: readonly PartText[], { boundary }: MultipartStyle): boolean {
  return written.some(({ body }) =>
    (body as string).split(/[\r\n]/).some((line) => line.startsWith(`--${boundary}`))
  );
}

const cuts: fc.Arbitrary<number[]> = fc.array(fc.nat(2_000), { maxLength: 8 });

function cut(message: Uint8Array, places: readonly number[]): Uint8Array[] {
  return cutAt(message, places.map((place) => place % (message.length + 1)));
}

describe("MultipartReader, whatever comes", () => {
  it("reads what was written, however it was written and cut", () => {
    fc.assert(
      fc.property(parts, style, mark, cuts, (written, how, mark, places) => {
        fc.pre(!isAmbiguous(written, how) && !holdsDelimiter(written, how));
        const message = joined([octets(mark), multipart(written, how)]);
        const { parts: read, failure } = reading(how.boundary!, cut(message, places));
        expect(failure).toBeUndefined();
        expect(read.map(({ body }) => body)).toEqual(
          written.map(({ body }) => latin1Of(body as string)),
        );
      }),
      fuzz(300),
    );
  });

  it("makes the same of it wherever the octets are cut", () => {
    fc.assert(
      fc.property(hostile, mark, cuts, (text, mark, places) => {
        const message = octets(`${mark}--b\r\n${text}\r\n--b--`);
        const whole = reading("b", [message]);
        expect(reading("b", cut(message, places))).toEqual(whole);
        expect(reading("b", chunksOf(message, 1))).toEqual(whole);
      }),
      fuzz(500),
    );
  });

  it("keeps its limits at the same place wherever the octets are cut", () => {
    const limits = { maxPartHeaderBytes: 12, maxParts: 3, maxNestingDepth: 1 };
    fc.assert(
      fc.property(hostile, cuts, (text, places) => {
        const message = octets(`--b\r\n${text}\r\n--b--`);
        const whole = reading("b", [message], limits);
        expect(reading("b", cut(message, places), limits)).toEqual(whole);
        expect(reading("b", chunksOf(message, 1), limits)).toEqual(whole);
      }),
      fuzz(500),
    );
  });

  it("never takes a message that was cut off for a whole one", () => {
    const message = batchAnswer([
      { headers: ["Content-Type: application/json"], body: "{}" },
      { status: "204 No Content" },
      { body: "\r\n--c" },
    ]);
    const whole = reading("b", [message]);
    const closeAt = message.length - "\r\n".length;
    for (let length = 0; length < message.length; length++) {
      const { parts: read, failure } = reading("b", [message.subarray(0, length)]);
      expect(read).toEqual(whole.parts.slice(0, read.length));
      expect(failure?.startsWith("DecodeError"), `cut at ${length}`).toBe(
        length < closeAt ? true : undefined,
      );
    }
  });

  it("survives any octets", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), cuts, (bytes, places) => {
        const whole = reading("b", [bytes]);
        expect(reading("b", cut(bytes, places))).toEqual(whole);
      }),
      fuzz(500),
    );
  });
});

/** Each octet of the UTF-8 as one character, as the readings show bodies. */
function latin1Of(text: string): string {
  return Array.from(octets(text), (octet) => String.fromCharCode(octet)).join("");
}

/**
 * Sixteen times the octets must cost about sixteen times the work; what is quadratic would cost 256 times as much. The
 * work is processor time, the least of several runs, so that a busy machine hardly counts.
 */
