import { describe, expect, it } from "vitest";
import { DecodeError } from "../../src/operation/errors.ts";
import { boundaryOf, parseMediaType } from "../../src/mime/media_type.ts";

function boundaryIn(contentType: string): string {
  return boundaryOf(parseMediaType(contentType));
}

describe("parseMediaType()", () => {
  it("gives the type in lower case and without blanks", () => {
    expect(parseMediaType(" Multipart/MIXED ; a=b").type).toBe("multipart/mixed");
    expect(parseMediaType("").type).toBe("");
  });

  it("reads parameters with and without blanks, quoted and not", () => {
    const { parameters } = parseMediaType(
      'application/json;odata.metadata=minimal; IEEE754Compatible = false ;charset="utf-8"',
    );
    expect([...parameters]).toEqual([
      ["odata.metadata", "minimal"],
      ["ieee754compatible", "false"],
      ["charset", "utf-8"],
    ]);
  });

  it("keeps the first of repeated parameters and skips those without a value", () => {
    const { parameters } = parseMediaType("a/b; x=1; x=2; y; ; z=3;");
    expect([...parameters]).toEqual([["x", "1"], ["z", "3"]]);
  });

  it("stops at what is no parameter", () => {
    expect([...parseMediaType('a/b; x="1" rest; y=2').parameters]).toEqual([]);
    expect([...parseMediaType('a/b; x=1; y="open').parameters]).toEqual([["x", "1"]]);
  });

  it.each([
    ["application/json, application/json", "application/json", []],
    ["text/plain,application/json;charset=utf-8", "application/json", [["charset", "utf-8"]]],
    ["a/b; x=1, A/B; y=2; x=3", "a/b", [["x", "1"], ["y", "2"]]],
    ["a/b; x=1, a/b ; y=2", "a/b", [["x", "1"], ["y", "2"]]],
    ["a/b; x=1, a/b\t, a/b; y=2", "a/b", [["x", "1"], ["y", "2"]]],
    ["a/b; x=1, c/d", "c/d", []],
    ['a/b; x="1, c/d" , e/f ;y=2', "e/f", [["y", "2"]]],
    ["a/b; x=1 ,\tc/d\t, e/f", "e/f", []],
    ["a/b; x=1,c/d\t,e/f;y=2", "e/f", [["y", "2"]]],
    ["a/b; x=1\t; y=2,c/d", "c/d", []],
    ["a/b; x, c/d", "c/d", []],
    ["a/b; x ; y=1", "a/b", [["y", "1"]]],
    ["application/json,", "application/json", []],
    [", a/b, nonsense", "a/b", []],
    ['a/b; x=1, c/d; y=open", e/f', "c/d", []],
  ])("takes the last of several types, joined by commas: %j", (text, type, parameters) => {
    const read = parseMediaType(text);
    expect([read.type, [...read.parameters]]).toEqual([type, parameters]);
  });

  it("names no parameter by nothing", () => {
    const { parameters } = parseMediaType('a/b; =1; ="2"; "x"=3; y=4');
    expect([...parameters]).toEqual([]);
  });

  it.each([
    "1,2",
    "a,b-c",
    "a,b cd",
    "a,b/c\u007f",
    "a,b/c\u0080",
    "1, 2",
    "a,b/",
    "a,/b",
    "a,b/c:d",
    "a,b/c d",
    ",",
    "a, b@c/d",
  ])(
    "keeps a comma that no type stands behind: %j",
    (value) => {
      expect(parseMediaType(`a/b; x=${value}; y=1`).parameters.get("x")).toBe(value);
    },
  );

  it("undoes what is escaped in quotes, up to where they close", () => {
    const { parameters } = parseMediaType('a/b; x="\\"\\\\\\c\\""; y="";z="1\\');
    expect([...parameters]).toEqual([["x", '"\\c"'], ["y", ""]]);
  });
});

describe("boundaryOf()", () => {
  it("reads the forms that servers send", () => {
    expect(boundaryIn("multipart/mixed; boundary=batchresponse_caad32b6")).toBe(
      "batchresponse_caad32b6",
    );
    expect(boundaryIn('multipart/mixed;boundary="b c"; charset=utf-8')).toBe("b c");
    expect(boundaryIn('multipart/mixed; BOUNDARY="a\\"b"')).toBe('a"b');
    expect(boundaryIn("multipart/mixed; boundary=b ;")).toBe("b");
    expect(boundaryIn('multipart/mixed; boundary="b c  "')).toBe("b c");
  });

  it("takes special characters unquoted", () => {
    expect(boundaryIn("multipart/mixed; boundary=ABC=DE=F")).toBe("ABC=DE=F");
    expect(boundaryIn("multipart/mixed; boundary='()+_,-./:=?")).toBe("'()+_,-./:=?");
  });

  it("is not led astray by a parameter whose name only ends in boundary", () => {
    expect(boundaryIn('multipart/mixed; myboundary="no"; boundary=yes')).toBe("yes");
    expect(boundaryIn('multipart/mixed; x="; boundary=no"; boundary=yes')).toBe("yes");
  });

  it("takes 1 to 200 characters, though RFC 2046 allows 70", () => {
    expect(boundaryIn("multipart/mixed; boundary=x")).toBe("x");
    for (const length of [70, 71, 200]) {
      expect(boundaryIn(`multipart/mixed; boundary=${"x".repeat(length)}`)).toHaveLength(length);
    }
  });

  it.each([
    "multipart/mixed",
    "multipart/mixed; foo=bar",
    "multipart/mixed; boundary=",
    'multipart/mixed; boundary=""',
    'multipart/mixed; boundary="  "',
    'multipart/mixed; boundary="open',
    `multipart/mixed; boundary=${"x".repeat(201)}`,
    "multipart/mixed; boundary=a\u007fb",
    "multipart/mixed; boundary=a\u00e4b",
  ])("refuses %j", (contentType) => {
    const { parameters } = parseMediaType(contentType);
    const value = parameters.has("boundary") ? "a boundary of" : "no boundary";
    expect(() => boundaryIn(contentType)).toThrow(`current value is ${value}`);
    expect(() => boundaryIn(contentType)).toThrow(DecodeError);
    expect(() => boundaryIn(contentType)).toThrow(
      /^Cannot read a multipart message as its Content-Type must name a boundary of 1 to 200 ASCII characters: current value is (?:no boundary|a boundary of \d+ characters)$/,
    );
  });
});
