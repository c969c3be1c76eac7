import { describe, expect, it } from "vitest";
import { PartAssembler } from "../../../src/mime/multipart/part_assembler.ts";
import { LimitError } from "../../../src/operation/errors.ts";
import { octets, text } from "../../support/octets.ts";

const MAX = 1_000;

/** One part whose octets come in these pieces, each somewhere in a chunk that holds more. */
function assemble(pieces: readonly string[], assembler = new PartAssembler(MAX)) {
  for (const piece of pieces) assembler.add(octets(`<${piece}>`), 1, 1 + octets(piece).length);
  assembler.end();
  const { head, body } = assembler.take();
  return { contentId: head.contentId, fields: { ...head.fields }, body: text(body.joined()) };
}

describe("PartAssembler", () => {
  it.each([
    ["at once", ["A: 1\r\nContent-ID: 7\r\n\r\nbody"]],
    ["in the middle of a line", ["A: ", "1\r\nContent-", "ID: 7\r\n\r\nbo", "dy"]],
    ["in the middle of line ends", ["A: 1\r", "\nContent-ID: 7\r\n\r", "\nbody"]],
    ["between lines", ["A: 1\r\n", "Content-ID: 7\r\n", "\r\n", "body"]],
    ["octet by octet", [..."A: 1\r\nContent-ID: 7\r\n\r\nbody"]],
  ])("takes head and body that come %s", (_how, pieces) => {
    const part = { contentId: "7", fields: { a: "1", "content-id": "7" }, body: "body" };
    expect(assemble(pieces)).toEqual(part);
    expect(assemble(pieces)).toEqual(part);
  });

  it("takes a head that is longer than any piece", () => {
    const value = "v".repeat(700);
    const pieces = [
      `A: ${value.slice(0, 100)}`,
      value.slice(100, 400),
      value.slice(400),
      "\r\n\r\n",
    ];
    expect(assemble(pieces).fields).toEqual({ a: value });
  });

  it("lets the end of the part end the head, or be all there is", () => {
    expect(assemble(["A: 1"])).toEqual({ contentId: undefined, fields: { a: "1" }, body: "" });
    const assembler = new PartAssembler(MAX);
    assemble(["A: 1\r\n\r\nbody"], assembler);
    expect(assemble([], assembler)).toEqual({ contentId: undefined, fields: {}, body: "" });
  });

  it("reads the id of a head that differs from the last one in nothing else", () => {
    const assembler = new PartAssembler(MAX);
    const ids = ["1", "22", "<3@x>", "1"];
    const parts = ids.map((id) => assemble([`Content-ID: ${id}\r\nX: y\r\n\r\n${id}`], assembler));
    expect(parts).toEqual(
      ids.map((id) => ({ contentId: id, fields: { "content-id": id, x: "y" }, body: id })),
    );
    expect(assemble(["X: y\r\n\r\n"], assembler).contentId).toBeUndefined();
    expect(assemble(["X: y\r\n\r\n"], assembler).contentId).toBeUndefined();
  });

  it("undoes the coding of each part, also where its head is that of the last one", () => {
    const assembler = new PartAssembler(MAX);
    for (const [id, body] of [["1", "b25l"], ["2", "dHdv"], ["2", "dHdv"]]) {
      const head = `Content-ID: ${id}\r\nContent-Transfer-Encoding: base64\r\n\r\n`;
      expect(assemble([`${head}${body}`], assembler).body).toBe(id === "1" ? "one" : "two");
    }
  });

  it("takes no known head for what stands behind the beginning of another one", () => {
    const assembler = new PartAssembler(MAX);
    assemble(["A: 1\r\n\r\n"], assembler);
    const { fields, body } = assemble(["X: y\r\n", "A: 1\r\n\r\nbody"], assembler);
    expect([fields, body]).toEqual([{ x: "y", a: "1" }, "body"]);
  });

  it("shares the fields of heads that are the same, and reads them once", () => {
    const heads = [1, 2].map(() => {
      const assembler = new PartAssembler(MAX);
      const chunk = octets("--b\r\nShared: yes\r\n\r\n");
      assembler.add(chunk, 5, chunk.length);
      return assembler.take().head;
    });
    expect(heads[0]!.fields).toEqual({ shared: "yes" });
    expect(heads[0]!.fields).toBe(heads[0]!.fields);
    expect(heads[1]!.fields).toBe(heads[0]!.fields);
  });

  it("keeps a chunk that is all body as it came, and of others what belongs to the part", () => {
    const assembler = new PartAssembler(MAX);
    assembler.add(octets("A: 1\r\n\r\n"), 0, 8);
    const chunk = octets("whole");
    assembler.add(chunk, 0, chunk.length);
    assembler.add(octets("-end"), 1, 4);
    assembler.add(octets("start-"), 0, 5);
    assembler.add(octets("-inside-"), 1, 7);
    const { body } = assembler.take();
    expect(text(body.joined())).toBe("wholeendstartinside");
    expect(body.first).toBe(chunk);
  });

  it("is empty until an octet has come", () => {
    const assembler = new PartAssembler(MAX);
    expect(assembler.isEmpty).toBe(true);
    assembler.add(octets("A"), 0, 1);
    expect(assembler.isEmpty).toBe(false);
    assembler.add(octets(": 1\r\n\r\n"), 0, 7);
    expect(assembler.isEmpty).toBe(false);
    assembler.reset();
    expect(assembler.isEmpty).toBe(true);
  });

  it.each([
    ["Content-Type: multipart/mixed; boundary=c\r\n\r\n", "multipart/mixed; boundary=c"],
    ["Content-Type: MultiPart/Mixed\r\n\r\n", "MultiPart/Mixed"],
    ["Content-Type: text/plain\r\n\r\n", undefined],
    ["Content-Type: x; was=multipart/mixed\r\n\r\n", undefined],
    ["X: multipart/mixed\r\n\r\n", undefined],
  ])("says of %j which multipart it is: %s", (head, type) => {
    const assembler = new PartAssembler(MAX);
    const rest = assembler.add(octets(`${head}--c`), 0, head.length + 3);
    expect(assembler.multipartType).toBe(type);
    expect(rest === undefined ? undefined : text(rest)).toBe(type === undefined ? type : "--c");
  });

  it("takes a head of as many octets as may be, wherever it stands, and no more", () => {
    const head = "Limited: yes\r\n\r\n";
    const read = (max: number, behind: string) => {
      const assembler = new PartAssembler(max);
      const chunk = octets(`${behind}${head}`);
      assembler.add(chunk, behind.length, chunk.length);
      return assembler.take().head.fields;
    };
    for (let time = 0; time < 2; time++) {
      expect(() => read(head.length - 1, "")).toThrow(LimitError);
      expect(read(head.length, "--b\r\n")).toEqual({ limited: "yes" });
    }
    const cut = new PartAssembler(4);
    cut.add(octets("A: 1"), 0, 4);
    expect(() => cut.add(octets("2"), 0, 1)).toThrow(LimitError);
  });
});
