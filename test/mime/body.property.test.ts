import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBody } from "../../src/mime/body.ts";
import { fuzz } from "../support/fuzz.ts";
import { joined, latin1, octets } from "../support/octets.ts";
import { inPieces } from "./support.ts";

/** A charset, how it is written, and its byte order mark. */
interface Charset {
  readonly names: readonly string[];
  readonly encode: (text: string) => Uint8Array;
  readonly mark: string;
  /** What it has letters for. */
  readonly unit: fc.Arbitrary<string>;
}

const anything = fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 });
const inUtf16 = (isLittle: boolean) => (text: string) => {
  const bytes = new Uint8Array(2 * text.length);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < text.length; at++) view.setUint16(2 * at, text.charCodeAt(at), isLittle);
  return bytes;
};

const charsets: readonly Charset[] = [
  { names: ["utf-8", "UTF8", "us-ascii"], encode: octets, mark: "\xef\xbb\xbf", unit: anything },
  {
    names: ["utf-16", "UTF-16LE", "unicode"],
    encode: inUtf16(true),
    mark: "\xff\xfe",
    unit: anything,
  },
  { names: ["utf-16be", "UTF-16BE"], encode: inUtf16(false), mark: "\xfe\xff", unit: anything },
  {
    names: ["iso-8859-1", "latin1", "Windows-1252", "cp1252"],
    encode: latin1,
    mark: "",
    unit: fc.constantFrom(...Array.from("azAZ09 {}[]<>?=\u00a0\u00df\u00e4\u00ff")),
  },
];

/** A text, the octets that it is, and the charset that its Content-Type names. */
const given = fc.constantFrom(...charsets).chain(({ names, encode, mark, unit }) =>
  fc.record({
    text: fc.string({ unit, maxLength: 30 }).filter(isNoMark),
    name: fc.constantFrom(...names),
    quote: fc.constantFrom("", "'", '"'),
    isMarked: mark === "" ? fc.constant(false) : fc.boolean(),
    isMisnamed: fc.boolean(),
  }).map(({ text, name, quote, isMarked, isMisnamed }) => ({
    text,
    bytesOf: (value: string) => joined([latin1(isMarked ? mark : ""), encode(value)]),
    // A mark is believed before the charset.
    charset: quote + (isMarked && isMisnamed ? "iso-8859-15" : name) + quote,
    parameter: isMarked && isMisnamed && quote === "" ? "" : undefined,
  }))
);

/** A text that begins like a mark is one with it. */
function isNoMark(text: string): boolean {
  return !/^[\ufeff\ufffe\u00ef\u00fe\u00ff]/.test(text);
}

const doubled = fc.constantFrom<(header: string) => string>(
  (header) => header,
  (header) => `${header}, ${header}`,
  (header) => `text/html, ${header}`,
);
const cuts = fc.array(fc.nat(200), { maxLength: 5 });

describe("rule 18: decodeBody(), whatever the charset", () => {
  it.each(["text/plain", "application/xml", "application/json"])("reads %s", (type) => {
    fc.assert(
      fc.property(given, doubled, cuts, ({ text, bytesOf, charset, parameter }, double, places) => {
        const isJson = type === "application/json";
        const bytes = bytesOf(isJson ? JSON.stringify(text) : text);
        const header = parameter ?? `; charset=${charset}`;
        const value = decodeBody(inPieces(bytes, places), double(`${type}${header}`));
        expect(value).toBe(bytes.length === 0 ? undefined : text);
      }),
      fuzz(500),
    );
  });

  it("takes JSON for UTF-8 whatever nobody knows it is called", () => {
    const name = fc.string({ unit: fc.constantFrom("k", "-", "8", "'", " ", "utf"), maxLength: 8 })
      .filter((text) => !/^[' ]*utf-?(?:8|16)/.test(text));
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 20 }),
        name,
        cuts,
        (text, charset, at) => {
          const bytes = octets(JSON.stringify(text));
          const value = decodeBody(inPieces(bytes, at), `application/json; charset=${charset}`);
          expect(value).toBe(text);
        },
      ),
      fuzz(500),
    );
  });
});
