import { describe, expect, it } from "vitest";
import { DecodeError, LimitError } from "../../../src/operation/errors.ts";
import { DEFAULT_LIMITS } from "../../../src/mime/limits.ts";
import { MultipartReader } from "../../../src/mime/multipart/reader.ts";
import { chunksOf, joined, latin1, octets, text } from "../../support/octets.ts";
import { multipart } from "../../support/multipart.ts";
import { reading } from "../support.ts";

/** The byte order mark of UTF-8. */
const MARK = Uint8Array.of(0xef, 0xbb, 0xbf);

/** The bodies of a message that must be fine. */
function bodies(message: string, boundary = "b"): string[] {
  const { parts, failure } = reading(boundary, [octets(message)]);
  expect(failure).toBeUndefined();
  return parts.map(({ body }) => body);
}

describe("MultipartReader", () => {
  it("reads parts", () => {
    const message = multipart([
      { headers: ["A: 1"], body: "one" },
      { body: "two\r\n" },
      { headers: ["B: 2", "c: 3"] },
    ]);
    expect(reading("b", [message])).toEqual({
      parts: [
        { headers: { a: "1" }, body: "one", depth: 0 },
        { headers: {}, body: "two\r\n", depth: 0 },
        { headers: { b: "2", c: "3" }, body: "", depth: 0 },
      ],
      failure: undefined,
    });
  });

  it("takes nothing for a delimiter that only begins like one, nor blanks before its dashes", () => {
    for (
      const line of ["--bx-", "--bx--", "--b -", "--b --", "--b\t--", "--b-", "--b-x", "--b x"]
    ) {
      const body = `one\r\n${line}\r\ntwo`;
      const message = octets(`--b\r\n\r\n${body}\r\n--b--`);
      for (const chunks of [[message], chunksOf(message, 1)]) {
        const { parts, failure } = reading("b", chunks);
        expect([failure, ...parts.map((part) => part.body)]).toEqual([undefined, body]);
      }
    }
  });

  it("tells the name of a part, which may be known without its other headers", () => {
    const named = (id: string) => ({ headers: [`Content-ID: ${id}`, "X: y"] });
    const message = multipart([named("1"), named("<2@x>"), { headers: ["X: y"] }]);
    const parts = [...new MultipartReader("b").write(message)];
    expect(parts.map(({ contentId }) => contentId)).toEqual(["1", "<2@x>", undefined]);
  });

  it.each(["\r", "\n"])(
    "leaves a body the %j before the one that ends its last line",
    (lineEnd) => {
      const body = `a body that is long${lineEnd}`;
      const message = octets(`--b\r\n\r\n${body}${lineEnd}--b--`);
      for (const chunks of [[message], chunksOf(message, 1)]) {
        expect(reading("b", chunks).parts).toMatchObject([{ body }]);
      }
    },
  );

  it("takes as many blanks behind a delimiter as a head may have octets", () => {
    const limits = { ...DEFAULT_LIMITS, maxPartHeaderBytes: 4 };
    const read = (blanks: string) =>
      reading("b", [octets(`--b${blanks}\r\n\r\none\r\n--b--`)], limits);
    expect(read(" \t  ")).toMatchObject({ parts: [{ body: "one" }], failure: undefined });
    expect(read(" ".repeat(5)).failure).toMatch(/^LimitError/);
  });

  it("ends an inner delimiter line by an outer one: what stands before it is a part, empty or not", () => {
    for (const body of ["", "one"]) {
      const message = [
        "--b",
        "Content-Type: multipart/mixed; boundary=c",
        "",
        "--c",
        ...body === "" ? [""] : ["", body],
        "--c",
        "--b--",
      ].join("\r\n");
      for (const chunks of [[octets(message)], chunksOf(octets(message), 1)]) {
        expect(reading("b", chunks).parts).toMatchObject([{ body, depth: 1 }]);
      }
    }
  });

  it("gives views of the chunk that holds a whole part", () => {
    const chunk = multipart([{ body: "one" }, { body: "two" }]);
    const [one] = new MultipartReader("b").write(chunk);
    expect(one!.body.joined().buffer).toBe(chunk.buffer);
  });

  it("gives each part out with the octet that completes it", () => {
    const message = multipart([{ body: "one" }, { body: "two" }]);
    const reader = new MultipartReader("b");
    const given: string[] = [];
    for (const octet of message) {
      for (const { body } of reader.write(Uint8Array.of(octet))) given.push(text(body.joined()));
      given.push("");
    }
    const ends = given.flatMap((body, at) => body === "" ? [] : [at]);
    // The first one's delimiter line ends with its CR, the last one's with its second dash.
    expect(given.filter((body) => body !== "")).toEqual(["one", "two"]);
    expect(ends[0]).toBe("--b\r\n\r\none\r\n--b".length);
    expect(ends[1]! - 1).toBe("--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b-".length);
  });

  describe("delimiters", () => {
    it("are whole lines", () => {
      expect(bodies("--b\r\n\r\nx--b\r\n--bb\r\n--b-\r\n --b\r\n--b x\r\n--B\r\n--b--")).toEqual([
        "x--b\r\n--bb\r\n--b-\r\n --b\r\n--b x\r\n--B",
      ]);
    });

    it("may end with blanks and tabs", () => {
      expect(bodies("--b \t\r\n\r\none\r\n--b\t\r\n\r\ntwo\r\n--b-- \t\r\n")).toEqual([
        "one",
        "two",
      ]);
    });

    it("may end with CRLF, LF or CR, each as it likes", () => {
      expect(bodies("--b\n\none\n--b\r\rtwo\r--b\r\n\n3\r\n\r--b--")).toEqual([
        "one",
        "two",
        "3\r\n",
      ]);
    });

    it("take one line end with them, and only one", () => {
      expect(bodies("--b\r\n\r\n\r\n\r\n--b\r\n\r\n\n\n--b--")).toEqual(["\r\n", "\n"]);
    });

    it("may follow one another at once", () => {
      expect(bodies("--b\r\n--b\r\n\r\n--b--")).toEqual(["", ""]);
    });

    it("may have dashes at both ends", () => {
      expect(bodies("-----\r\n\r\none\r\n-----\r\n\r\ntwo\r\n-------", "---")).toEqual([
        "one",
        "two",
      ]);
    });

    it("close whatever else stands on their line", () => {
      expect(bodies("--b\r\n\r\none\r\n--b---\r\n")).toEqual(["one"]);
    });
  });

  describe("around the parts", () => {
    it("ignores a preamble, even one that looks like a delimiter", () => {
      expect(bodies("preamble --b\r\n--bb\r\n\r\n--b\r\n\r\none\r\n--b--")).toEqual(["one"]);
    });

    it.each(["X: y\r\n", "X: y\r\n\r\nbody\r\n", "X: y"])(
      "takes nothing of the preamble %j for a part's own",
      (preamble) => {
        expect(reading("b", [octets(`${preamble}\r\n--b\r\nA: 1\r\n\r\none\r\n--b--`)])).toEqual({
          parts: [{ headers: { a: "1" }, body: "one", depth: 0 }],
          failure: undefined,
        });
      },
    );

    it.each([1, 2, 3, 4, 1_000])("skips a byte order mark, cut by %i", (size) => {
      const message = joined([MARK, multipart([{ body: "one" }])]);
      expect(reading("b", chunksOf(message, size))).toMatchObject({
        parts: [{ body: "one" }],
        failure: undefined,
      });
    });

    it.each([
      ["the beginning of a mark", MARK.subarray(0, 1)],
      ["most of a mark", MARK.subarray(0, 2)],
      ["the end of a mark", MARK.subarray(1)],
      ["a second mark", joined([MARK, MARK])],
      ["an octet, then a mark", joined([octets(" "), MARK])],
    ])("takes %s for text, behind which no delimiter stands", (_what, start) => {
      const message = joined([start, multipart([{ body: "one" }, { body: "two" }])]);
      for (const chunks of [[message], chunksOf(message, 1)]) {
        expect(reading("b", chunks)).toMatchObject({
          parts: [{ body: "two" }],
          failure: undefined,
        });
      }
    });

    it("ignores an epilogue, in the same chunk and in later ones", () => {
      const message = multipart([{ body: "one" }], { epilogue: "--b\r\n\r\nno\r\n--b--\r\n" });
      expect(reading("b", [message]).parts).toHaveLength(1);
      const later = [multipart([{ body: "one" }]), octets("\r\n--b\r\n\r\nno\r\n--b--\r\n")];
      expect(reading("b", later)).toEqual({ ...reading("b", [message]) });
    });

    it("takes no parts at all", () => {
      expect(bodies("--b--")).toEqual([]);
      expect(bodies("\r\n\n \t")).toEqual([]);
    });

    it.each(["", "\0", "no delimiter", "\r\n\0", "--bb\r\n\r\nx"])(
      "refuses %j at its end",
      (message) => {
        expect(reading("b", [octets(message)])).toEqual({
          parts: [],
          failure: expect.stringMatching(
            /^DecodeError: Cannot read a multipart message to its end/,
          ),
        });
      },
    );

    it("says of a message without close delimiter that it was cut off", () => {
      const reader = new MultipartReader("b");
      const cut = multipart([{ body: "one" }, { body: "two" }], { isClosed: false });
      expect([...reader.write(cut)].map(({ body }) => text(body.joined()))).toEqual(["one"]);
      try {
        expect([...reader.end()]).toBe("not reached");
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
        expect((error as DecodeError).isTruncated).toBe(true);
      }
    });
  });

  describe("multipart in multipart", () => {
    const changeSet = text(multipart([{ body: "two" }, { body: "three" }], { boundary: "cs" }));
    const header = "Content-Type: multipart/mixed; boundary=cs";

    it("comes out flat", () => {
      const message = multipart([
        { body: "one" },
        { headers: [header], body: changeSet },
        { body: "four" },
      ]);
      const { parts, failure } = reading("b", [message]);
      expect(failure).toBeUndefined();
      expect(parts.map(({ body, depth }) => [body, depth])).toEqual([
        ["one", 0],
        ["two", 1],
        ["three", 1],
        ["four", 0],
      ]);
    });

    it("gives members out before the outer part ends", () => {
      const reader = new MultipartReader("b");
      const start = `--b\r\n${header}\r\n\r\n--cs\r\n\r\none\r\n--cs\r\n`;
      expect([...reader.write(octets(start))]).toHaveLength(0);
      // Up to here the last line end could have been that of the outer delimiter.
      expect([...reader.write(octets("C"))]).toHaveLength(1);
    });

    it.each([
      ["without its close delimiter", "--cs\r\n\r\none\r\n--cs\r\n\r\ntwo"],
      ["with an opening delimiter for a close one", "--cs\r\n\r\none\r\n--cs\r\n\r\ntwo\r\n--cs"],
      ["with a padded one", "--cs\r\n\r\none\r\n--cs\r\n\r\ntwo\r\n--cs \t"],
      ["closed without a line end", "--cs\r\n\r\none\r\n--cs\r\n\r\ntwo\r\n--cs--"],
    ])("ends with the outer delimiter, %s", (_how, inner) => {
      const message = multipart([{ headers: [header], body: inner }, { body: "three" }]);
      const { parts, failure } = reading("b", [message]);
      expect(failure).toBeUndefined();
      expect(parts.map(({ body }) => body)).toEqual(["one", "two", "three"]);
    });

    it("keeps what only looked like the beginning of its delimiter", () => {
      const message = multipart([{ headers: [header], body: "--cs\r\n\r\none\r\n--c" }]);
      expect(reading("b", [message]).parts).toMatchObject([{ body: "one\r\n--c" }]);
      const dashed = multipart([{ headers: [header], body: "--cs\r\n\r\none\r\n--cs-" }]);
      expect(reading("b", [dashed]).parts).toMatchObject([{ body: "one\r\n--cs-" }]);
    });

    it("may have a boundary that begins with the outer one", () => {
      const inner = text(multipart([{ body: "one" }], { boundary: "bb" }));
      const message = multipart([
        { headers: ["content-type: Multipart/Mixed; boundary=bb"], body: inner },
      ]);
      expect(reading("b", [message])).toMatchObject({
        parts: [{ body: "one" }],
        failure: undefined,
      });
    });

    it("holds no part without a boundary, or without a delimiter, and spoils none beside it", () => {
      for (const headers of [["Content-Type: multipart/mixed"], [header]]) {
        const nothing = "--undefined\r\n\r\nnothing\r\n--undefined--";
        const message = multipart([{ headers, body: nothing }, { body: "beside" }]);
        const { parts, failure } = reading("b", [message]);
        expect(failure).toBeUndefined();
        expect(parts).toMatchObject([{ body: "beside", depth: 0 }]);
      }
    });

    it("is one place, however many parts it holds", () => {
      const reader = new MultipartReader("b");
      const message = multipart([
        { headers: [header], body: changeSet },
        { headers: [header], body: "--cs--" },
        { body: "last" },
      ]);
      const parts = [...reader.write(message), ...reader.end()];
      expect(parts.map(({ place, depth }) => [place, depth])).toEqual([[0, 1], [0, 1], [2, 0]]);
      expect([reader.placeCount, reader.isClosed]).toEqual([3, true]);
    });

    it("is cut off with the outer one", () => {
      const message = multipart([{ headers: [header], body: changeSet }], { isClosed: false });
      const { parts, failure } = reading("b", [message]);
      expect(parts.map(({ body }) => body)).toEqual(["two", "three"]);
      expect(failure).toMatch(/^DecodeError/);
    });
  });

  describe("limits", () => {
    const limits = { maxPartHeaderBytes: 20, maxParts: 2, maxNestingDepth: 1 };

    function limitOf(message: Uint8Array): string | undefined {
      const reader = new MultipartReader("b", limits);
      try {
        for (const part of reader.write(message)) expect(part).toBeDefined();
        return undefined;
      } catch (error) {
        expect(error).toBeInstanceOf(LimitError);
        return (error as LimitError).limit;
      }
    }

    it("bound the headers of a part, blank line included", () => {
      expect(limitOf(multipart([{ headers: ["x: 9012"] }, {}]))).toBeUndefined();
      expect(limitOf(multipart([{ headers: ["x: 9012345678901"], body: "y" }]))).toBeUndefined();
      expect(limitOf(multipart([{ headers: ["x: 90123456789012"], body: "y" }]))).toBe(
        "maxPartHeaderBytes",
      );
    });

    it("bound headers that never end", () => {
      expect(limitOf(octets(`--b\r\nx: ${"x".repeat(100)}`))).toBe("maxPartHeaderBytes");
      expect(limitOf(octets(`--b${" ".repeat(100)}`))).toBe("maxPartHeaderBytes");
    });

    it("bound the parts", () => {
      expect(limitOf(multipart([{}, {}]))).toBeUndefined();
      expect(limitOf(multipart([{}, {}, {}]))).toBe("maxParts");
    });

    it("bound how deep multipart stands in multipart", () => {
      const header = (boundary: string) => [`Content-Type: multipart/x; boundary=${boundary}`];
      const roomy = { ...DEFAULT_LIMITS, maxNestingDepth: 1 };
      const inner = multipart([{ body: "one" }], { boundary: "d" });
      const middle = multipart([{ headers: header("d"), body: inner }], { boundary: "c" });
      const once = multipart([{ headers: header("d"), body: inner }]);
      const twice = multipart([{ headers: header("c"), body: middle }]);
      expect(reading("b", [once], roomy).failure).toBeUndefined();
      expect(reading("b", [twice], roomy).failure).toMatch(/^LimitError/);
      expect(reading("b", [twice]).failure).toBeUndefined();
    });

    it("let through what came before", () => {
      const { parts, failure } = reading("b", [multipart([{ body: "1" }, { body: "2" }, {}])], {
        ...limits,
      });
      expect(parts.map(({ body }) => body)).toEqual(["1", "2"]);
      expect(failure).toBe(
        "LimitError: Cannot read a message as it must not have more than 2 parts: current value is 3 or more",
      );
    });
  });

  it("fails the same way again once it has failed", () => {
    const reader = new MultipartReader("b", { ...DEFAULT_LIMITS, maxParts: 1 });
    expect(() => [...reader.write(multipart([{}, {}]))]).toThrow(LimitError);
    expect(() => [...reader.write(multipart([{}]))]).toThrow(LimitError);
    expect(() => [...reader.end()]).toThrow(LimitError);
  });

  it("gives nothing more out once it has failed", () => {
    const reader = new MultipartReader("b", { ...DEFAULT_LIMITS, maxNestingDepth: 0 });
    const given: string[] = [];
    const take = (message: string) => {
      for (const { body } of reader.write(octets(message))) given.push(text(body.joined()));
    };
    const tooDeep = "Content-Type: multipart/mixed; boundary=c\r\n\r\n";
    expect(() => take(`--b\r\n\r\none\r\n--b\r\n${tooDeep}two`)).toThrow(LimitError);
    expect(() => take("\r\n--b\r\n\r\nthree\r\n--b--")).toThrow(LimitError);
    expect(given).toEqual(["one"]);
  });

  it("gives each part to one call alone, whenever that is looked at", () => {
    const reader = new MultipartReader("b");
    const message = multipart([{ body: "one" }, { body: "two" }]);
    const calls = chunksOf(message, 5).map((chunk) => reader.write(chunk));
    const given = [...calls, reader.end()].flatMap((parts) => [...parts]);
    expect(given.map(({ body }) => text(body.joined()))).toEqual(["one", "two"]);
  });

  it("keeps octets as they are", () => {
    const all = Uint8Array.from({ length: 256 }, (_, octet) => octet);
    const { parts } = reading("b", [multipart([{ body: all }])]);
    expect(latin1(parts[0]!.body)).toEqual(all);
  });
});
