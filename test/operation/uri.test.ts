import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { get, OperationError, uri } from "../../mod.ts";
import { fuzz } from "../support/fuzz.ts";

/** Texts of all that a URL or a literal could mistake for its own. */
const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.array(
    fc.constantFrom(..."'\"\\/?#&=+%:;.$(),! *\r\n\0a", "%27", "%2F", "''", "..", "é", "😀", "ß"),
  ).map((marks) => marks.join("")),
);
const segment = text.filter((value) => !["", ".", ".."].includes(value));

/** The literals of a `$filter`, as OData 4.01 reads them: first the URL is decoded, then doubled quotes are one. */
function literalsOf(filter: string): string[] {
  return [...filter.matchAll(/'((?:[^']|'')*)'/g)].map(([, inner]) => inner!.replaceAll("''", "'"));
}

/** The phrases of a `$search`. */
function phrasesOf(search: string): string[] {
  return [...search.matchAll(/"((?:[^"\\]|\\.)*)"/gs)]
    .map(([, inner]) => inner!.replaceAll(/\\(["\\])/g, "$1"));
}

/** Option by option, split before anything is decoded. */
function optionOf(search: string, name: string): string {
  const option = search.slice(1).split("&").find((part) => part.startsWith(`${name}=`));
  return decodeURIComponent(option!.slice(name.length + 1));
}

describe("what a server reads of uri`…`", () => {
  it("is the segment of a path that went in", () => {
    fc.assert(
      fc.property(segment, segment, (first, second) => {
        const url = new URL(uri`https://host.example/me/${first}/x/a${second}`);
        const segments = url.pathname.split("/").map(decodeURIComponent);
        expect(segments).toEqual(["", "me", first, "x", `a${second}`]);
        expect([url.search, url.hash]).toEqual(["", ""]);
      }),
      fuzz(300),
    );
  });

  it("is the path of a drive that went in, slashes and all", () => {
    const part = segment.map((value) => value.replaceAll("/", "-"));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), (parts) => {
        const url = new URL(uri`https://host.example/root:/x/${parts.join("/")}:/content`);
        const [root, path, ...end] = url.pathname.split(":");
        expect([root, ...end]).toEqual(["/root", "/content"]);
        expect(path!.split("/").map(decodeURIComponent)).toEqual(["", "x", ...parts]);
      }),
      fuzz(200),
    );
  });

  it("is the key and the literal that went in", () => {
    fc.assert(
      fc.property(text, text, text, text, (key, first, second, phrase) => {
        const url = new URL(
          uri`https://host.example/users('${key}')/x?$filter=a eq '${first}' or b eq %27${second}%27&$search="${phrase}"&$top=5`,
        );
        expect(literalsOf(decodeURIComponent(url.pathname))).toEqual([key]);
        expect(literalsOf(optionOf(url.search, "$filter"))).toEqual([first, second]);
        expect(phrasesOf(optionOf(url.search, "$search"))).toEqual([phrase]);
        expect(literalsOf(url.searchParams.get("$filter")!)).toEqual([first, second]);
        expect(optionOf(url.search, "$top")).toBe("5");
        expect(url.hash).toBe("");
      }),
      fuzz(300),
    );
  });

  it("is the option of a query that went in", () => {
    fc.assert(
      fc.property(text, text, (first, second) => {
        const url = new URL(uri`https://host.example/x?a=${first}&b=${second}&c=1`);
        expect([...url.searchParams]).toEqual([["a", first], ["b", second], ["c", "1"]]);
      }),
      fuzz(300),
    );
  });

  it("can stand in a request line, whatever went in", () => {
    fc.assert(
      fc.property(segment, text, text, (id, literal, value) => {
        const url = uri`me/messages/${id}?$filter=s eq '${literal}'&x=${value}`;
        expect(get(url).url).toBe(url);
      }),
      fuzz(200),
    );
  });
});

describe("uri`…`", () => {
  it("encodes each value for its place", () => {
    expect(uri`me/messages/${"a/b(1)*!'"}`).toBe("me/messages/a%2Fb%281%29%2A%21%27");
    expect(uri`users('${"o'hara@x.org"}')/events`).toBe("users('o''hara%40x.org')/events");
    expect(uri`root:/${"Docs/a b.txt"}:/content`).toBe("root:/Docs/a%20b.txt:/content");
    expect(uri`items/1:/${"a/b"}:/children/${"a/b"}`).toBe("items/1:/a/b:/children/a%2Fb");
    expect(uri`m?$search="${'say "hi" \\'}"`).toBe(
      "m?$search=%22say%20%5C%22hi%5C%22%20%5C%5C%22",
    );
    expect(uri`m?$top=${5}&x=${true}&y=${12n}`).toBe("m?$top=5&x=true&y=12");
    expect(uri`${"a b"}/c`).toBe("a%20b/c");
    expect(uri`m/${"%20"}?a=${"%20"}`).toBe("m/%2520?a=%2520");
    expect(uri`m?$filter=t ge ${new Date(0)}`).toBe(
      "m?$filter=t%20ge%201970-01-01T00%3A00%3A00.000Z",
    );
    expect(uri`m?$filter=t eq '${""}'`).toBe("m?$filter=t%20eq%20''");
  });

  it("takes a URL object and a reference in the first place as they are", () => {
    expect(uri`${new URL("https://h.example/v1/")}me/${"a/b"}`).toBe(
      "https://h.example/v1/me/a%2Fb",
    );
    expect(uri`${new URL("https://h.example/v1?a='x")}&b=${"a/b"}`).toBe(
      "https://h.example/v1?a=%27x&b=a%2Fb",
    );
    expect(uri`${"$12"}/Orders/${"$12"}`).toBe("$12/Orders/%2412");
  });

  it("encodes what the text of the template cannot hold", () => {
    expect(uri`a b/é?$filter=n eq 'R&D #1 + 2'&x<y>\\`).toBe(
      "a%20b/%C3%A9?$filter=n%20eq%20'R%26D%20%231%20%2B%202'&x%3Cy%3E%5C",
    );
    expect(uri`users('a?b')/x?y='a?b'`).toBe("users('a%3Fb')/x?y='a?b'");
    expect(uri`m?$search="a \\"b ${'"'}\\" c"&d=${'"'}`).toBe(
      "m?$search=%22a%20%5C%22b%20%5C%22%5C%22%20c%22&d=%22",
    );
  });

  const place = "me/messages/";
  it.each<[string, () => string]>([
    ["an empty segment", () => uri`${""}`],
    ["an empty segment later", () => uri`a/${""}/b`],
    ["a dot segment", () => uri`a/${"."}`],
    ["a double dot segment", () => uri`a/${".."}`],
    ["a dot segment of a drive", () => uri`root:/${"a/../b"}:`],
    ["an empty segment of a drive", () => uri`root:/${"/a"}:`],
    ["a first value that is a path", () => uri`${place}1`],
    ["a first value that is a URL", () => uri`${"https://evil.example"}/me`],
    ["a first value with a query", () => uri`${"a?b"}`],
    ["a lone %", () => uri`a/100%`],
    ["a % before a value", () => uri`a/%${"2F"}`],
    ["an open quote", () => uri`a?$filter=b eq 'c`],
    ["an open quote behind a value", () => uri`a?$filter=b eq '${"'"}`],
    ["an open double quote", () => uri`a?$search="${"b"}`],
    ["an open encoded quote", () => uri`a?$filter=b eq %27c`],
    ["a line break", () =>
      uri`a?b=1
      &c=2`],
    ["a tab", () => uri`a\tb`],
    ["a lone surrogate", () => uri`a/${"\ud800"}`],
    ["a lone surrogate of the template", () => uri`a\ud800`],
    ["NaN", () => uri`a/${NaN}`],
    ["Infinity", () => uri`a?b=${Infinity}`],
    ["no date", () => uri`a?b=${new Date(NaN)}`],
    ["null", () => uri`a/${null as never}`],
    ["undefined", () => uri`a?b='${undefined as never}'`],
    ["an array", () => uri`a/${["b"] as never}`],
    ["an object", () => uri`a/${{} as never}`],
    ["a symbol", () => uri`a/${Symbol("b") as never}`],
    ["a URL object that is not the first", () => uri`a?b=${new URL("https://h.example")}`],
    ["a call as a function", () => uri("a" as never)],
  ])("refuses %s", (_what, write) => {
    expect(write).toThrow(OperationError);
    expect(write).toThrow(/^Cannot write a URL as .+: current value is .+$/);
    expect(write).not.toThrow(/messages|evil|b eq/);
  });
});
