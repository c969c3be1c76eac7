import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { transferDecoder } from "../../../src/mime/multipart/transfer_encoding.ts";
import { fuzz } from "../../support/fuzz.ts";
import { latin1, octets, text } from "../../support/octets.ts";
import { multipart } from "../../support/multipart.ts";
import { inPieces, ofEveryCut, reading } from "../support.ts";

function decoded(encoding: string, body: string): string {
  return ofEveryCut(
    latin1(body),
    (pieces) => text(transferDecoder(encoding)!(pieces).joined()),
  );
}

describe("transferDecoder()", () => {
  it.each(["binary", "8bit", "7BIT", "x-own", "", undefined])(
    "undoes nothing of %s",
    (encoding) => {
      expect(transferDecoder(encoding)).toBeUndefined();
    },
  );

  it.each([
    ["SFRUUC8xLjEgMjAwIE9L", "HTTP/1.1 200 OK"],
    ["SFRUUC8x\r\nLjEgMjAw\r\nIE9LIQ==\r\n", "HTTP/1.1 200 OK!"],
    ["", ""],
    ["***", "***"],
  ])("undoes base64: %j", (body, meant) => {
    expect(decoded("Base64", body)).toBe(meant);
  });

  it.each([
    ["a=3Db=3db", "a=b=b"],
    ["gr=C3=BCn", "grün"],
    ["long=\r\n line=\n, and=\r more=  \t\r\nof it", "long line, and moreof it"],
    ["=", "="],
    ["a=b == =4", "a=b == =4"],
    ["==3D=", "==="],
    ["=  x", "=  x"],
    ["plain", "plain"],
    ["", ""],
  ])("undoes quoted-printable: %j", (body, meant) => {
    expect(decoded("quoted-printable", body)).toBe(meant);
  });

  it("undoes what is escaped, whatever it is", () => {
    const escaped = (octet: number) => `=${octet.toString(16).toUpperCase().padStart(2, "0")}`;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.array(fc.nat(200)), (bytes, places) => {
        const body = octets(Array.from(bytes, escaped).join("=\r\n"));
        const undone = transferDecoder("quoted-printable")!(inPieces(body, places));
        expect(undone.copy()).toEqual(bytes);
      }),
      fuzz(200),
    );
  });
});

describe("MultipartReader, where parts are encoded", () => {
  it("undoes that of each part by itself", () => {
    const encoding = (name: string) => ({ headers: [`Content-Transfer-Encoding: ${name}`] });
    const message = multipart([
      { ...encoding("binary"), body: "a=3D" },
      { ...encoding("quoted-printable"), body: "a=3D" },
      { ...encoding("BASE64"), body: "YT0z" },
      { ...encoding("quoted-printable"), body: "b=3D" },
      { ...encoding("binary"), body: "b=3D" },
    ]);
    for (const cuts of [[], [30], [61, 62, 63], [90, 140, 141]]) {
      const bodies = reading("b", [...inChunks(message, cuts)]).parts.map(({ body }) => body);
      expect(bodies).toEqual(["a=3D", "a=", "a=3", "b=", "b=3D"]);
    }
  });
});

function* inChunks(bytes: Uint8Array, cuts: readonly number[]): Iterable<Uint8Array> {
  let start = 0;
  for (const cut of [...cuts, bytes.length]) {
    yield bytes.subarray(start, cut);
    start = cut;
  }
}
