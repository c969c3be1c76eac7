import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundaryOf, parseMediaType } from "../../src/mime/media_type.ts";
import { fuzz } from "../support/fuzz.ts";

const LENGTHS = [1, 2, 38, 69, 70, 71, 200];
/** What a boundary may hold (RFC 2046 §5.1.1), and what servers put into one all the same. */
const PLAIN = Array.from("0123456789abcXYZ'()+_-./:=?");
const QUOTED = [...PLAIN, ",", " ", ";", '"', "\\", "@", "<", ">"];

const ofLength = (units: readonly string[]) => (length: number) =>
  fc.string({ unit: fc.constantFrom(...units), minLength: length, maxLength: length });

const blank = fc.constantFrom("", " ", "\t ");
/** It ends in no blank: such as stand behind it in quotes are padding. */
const quoted = fc.constantFrom(...LENGTHS).chain(ofLength(QUOTED))
  .filter((boundary) => !boundary.endsWith(" "));
/** A boundary, and how the parameter writes it. */
const written = fc.oneof(
  fc.constantFrom(...LENGTHS).chain(ofLength(PLAIN)).map((boundary) => [boundary, boundary]),
  fc.tuple(quoted, blank).map((
    [boundary, behind],
  ) => [boundary, `"${boundary.replaceAll(/["\\]/g, "\\$&")}${behind}"`]),
);
const other = fc.constantFrom(
  "charset=utf-8",
  "msgtype=response",
  'myboundary="no"',
  'x="; boundary=no"',
  'type="application/http; msgtype=response"',
  "charset=",
  "y",
);
const name = fc.constantFrom("boundary", "Boundary", "BOUNDARY");
const type = fc.constantFrom("multipart/mixed", "Multipart/Mixed", "MULTIPART/MIXED");

/** The header, as one server or another writes it. */
const header = fc.record({
  written,
  name,
  type,
  blanks: fc.tuple(blank, blank, blank),
  before: fc.array(other, { maxLength: 2 }),
  after: fc.array(other, { maxLength: 2 }),
  ending: fc.constantFrom("", ";", " ;", " "),
}).map(({ written: [boundary, value], name, type, blanks: [b, c, d], before, after, ending }) => ({
  boundary: boundary!,
  text: [type, ...before, `${b}${name}${c}=${d}${value!}`, ...after].join(";") + ending,
}));

describe("parseMediaType(), whatever comes", () => {
  it("finds the boundary however the header is written, and however often it came", () => {
    const doubled = fc.constantFrom<(text: string) => string>(
      (text) => text,
      (text) => `${text}, ${text}`,
      (text) => `${text},${text},${text}`,
      (text) => `multipart/mixed, ${text}`,
      (text) => `${text}, multipart/mixed`,
      (text) => `text/html;charset=latin1, ${text}`,
      (text) => `application/json,${text}`,
    );
    fc.assert(
      fc.property(header, doubled, ({ boundary, text }, double) => {
        const mediaType = parseMediaType(double(text));
        expect(mediaType.type).toBe("multipart/mixed");
        expect(boundaryOf(mediaType)).toBe(boundary);
      }),
      fuzz(500),
    );
  });

  it("is of the last type that a doubled header names", () => {
    const types = fc.array(
      fc.constantFrom(
        "text/plain",
        "application/json;charset=utf-8",
        'a/b; x="1, c/d"',
        "e/f; y=1",
      ),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(types, fc.constantFrom(",", ", ", "\t,  "), (all, comma) => {
        const last = all.at(-1)!;
        expect(parseMediaType(all.join(comma)).type).toBe(last.slice(0, `${last};`.indexOf(";")));
      }),
      fuzz(500),
    );
  });

  it("takes any text, and names no parameter by an upper-case letter", () => {
    const text = fc.string({
      unit: fc.constantFrom(
        "a",
        "B",
        "/",
        ";",
        ",",
        "=",
        '"',
        "\\",
        " ",
        "\t",
        "\u00e4",
        "boundary",
      ),
      maxLength: 60,
    });
    fc.assert(
      fc.property(text, (value) => {
        const { type, parameters } = parseMediaType(value);
        expect(type).toBe(type.trim().toLowerCase());
        for (const each of parameters.keys()) expect(each).toBe(each.toLowerCase());
      }),
      fuzz(1_000),
    );
  });
});
