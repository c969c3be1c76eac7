import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isCut } from "../../../src/wire/json/cut.ts";
import { fuzz } from "../../support/fuzz.ts";

/** An answer with a text in place of a part's body, as a server writes it that forgets the quotes. */
const spliced = (text: string) =>
  `{"responses":[{"id":"1","body":${text}},{"id":"2","status":200}]}`;

describe("a text that is no JSON", () => {
  it("was cut off wherever it breaks off", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(2), fc.double({ min: 0, max: 1, maxExcluded: true }), (
        value,
        indent,
        place,
      ) => {
        const text = JSON.stringify(
          { value: JSON.parse(value), more: [1.5e-7, true, null] },
          null,
          indent,
        );
        expect(isCut(text.slice(0, Math.floor(text.length * place)))).toBe(true);
      }),
      fuzz(500),
    );
  });

  it.each([
    "Hello there",
    'Hello "there',
    '5" pipe',
    "a { b",
    "a [ b",
    '<x a="don\'t">',
    '"a\\"',
    "{,}",
    "[1,]",
    "{1:2}",
    "{a:1}",
    '{"a"}',
    '{"a":1 "b":2}',
    "[1 2]",
    "[1}",
    '{"a":1]',
    "NaN",
    "undefined",
    "tru",
    "1-x",
    "",
  ])("is broken where it was written so: %s", (text) => {
    expect(isCut(spliced(text))).toBe(false);
  });

  it.each(["{} {}", "{}]", "<html>", "]", "x", "tre", "{}{"])(
    "is none of JSON at all: %s",
    (text) => {
      expect(isCut(text)).toBe(false);
    },
  );

  it.each([
    "",
    " \r\n\t",
    "{",
    '{"',
    '{"a',
    '{"a"',
    '{"a":',
    '{"a":t',
    '{"a":nul',
    "[-",
    "[1,",
    '["\\',
  ])(
    "lacks its end: %j",
    (text) => {
      expect(isCut(text)).toBe(true);
    },
  );

  it.each([
    '{"a":1 "b"',
    '{"a":1;"b"',
    '{"a" 1',
    '{"a";1',
    "{1",
    '{"a":1,2',
    '{"a":1,[',
    "[1}",
    "[1},[",
    '{"a":[}',
    "[1x",
    "[1x,",
    "[x1,",
    "[1true,",
    "[nulls,",
    "[,",
    "[1,,",
    '{"a":,',
    '{"a":1,}',
    '{"a":[1,],"b"',
    '[{"a":1,},',
    "{},",
    "{} {",
    "[] [",
    '"a" "',
  ])("is broken, although it lacks its end, too: %s", (text) => {
    expect(isCut(text)).toBe(false);
  });

  it.each(["[f", "[fals", "[tru", "[n", '"a', "[1", "[[1,{", '{"a":[{}', '{"a":{},"b"'])(
    "lacks its end in the middle of something: %s",
    (text) => {
      expect(isCut(text)).toBe(true);
    },
  );

  it("is read once, however long it is", () => {
    const long = "[".repeat(200_000);
    expect([isCut(long), isCut(`${long}x`), isCut(`["${"\\".repeat(400_001)}`)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
