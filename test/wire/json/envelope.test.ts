import { describe, expect, it } from "vitest";
import { DecodeError, LimitError } from "../../../src/operation/errors.ts";
import { DEFAULT_LIMITS } from "../../../src/mime/limits.ts";
import { get, head } from "../../../src/operation/make.ts";
import { partIdsOf } from "../../../src/wire/part_id.ts";
import { readODataBody } from "../../../src/wire/json/body.ts";
import { JsonEnvelopeDecoder } from "../../../src/wire/json/envelope.ts";
import type { Part } from "../../../src/wire/wire.ts";
import { chunksOf, joined, latin1, octets } from "../../support/octets.ts";

const operation = get("a");

function partsOf(envelope: unknown, limits = DEFAULT_LIMITS): Part[] {
  const decoder = new JsonEnvelopeDecoder(
    limits,
    partIdsOf([get("a"), get("b"), get("c")]),
    readODataBody,
  );
  for (const chunk of chunksOf(octets(JSON.stringify(envelope)), 5)) {
    expect([...decoder.write(chunk)]).toEqual([]);
  }
  return [...decoder.end()];
}

function bodyOf(response: object): unknown {
  return partsOf({ responses: [{ id: "1", status: 200, ...response }] })[0]!.readBody(operation);
}

describe("JsonEnvelopeDecoder", () => {
  it("reads ids, statuses and headers", () => {
    const responses = [
      { id: "2", status: 200, headers: { "Content-Type": "text/plain", __proto_: "x", Age: 5 } },
      { id: "<3>", status: 429, headers: { "Retry-After": ["1", "2"], Gone: null } },
      { id: "4", status: 200 },
      { id: "", status: 200 },
      { id: "01", status: 200 },
      { id: 1, status: 200 },
      { id: null, status: 500 },
      { status: 500, headers: "none" },
    ];
    const parts = partsOf({ responses });
    expect(parts.map(({ index }) => index)).toEqual([1, 2, -1, -1, -1, 0, undefined, undefined]);
    expect(parts[0]!.headers).toEqual({ "content-type": "text/plain", __proto_: "x", age: "5" });
    expect(parts[1]!.headers).toEqual({ "retry-after": "1, 2" });
    expect(parts[7]!.headers).toEqual({});
  });

  it("rule 18: takes an error without a response for no answer at all", () => {
    expect(() => partsOf({ responses: [], error: { code: "C" } })).toThrow(DecodeError);
    expect(partsOf({ responses: [] })).toEqual([]);
  });

  it("reads names that objects know too", () => {
    const text = '{"responses":[{"id":"1","status":200,"headers":{"__proto__":"a"}}]}';
    const decoder = new JsonEnvelopeDecoder(DEFAULT_LIMITS, partIdsOf([get("a")]), readODataBody);
    expect([...decoder.write(octets(text))]).toEqual([]);
    const [part] = decoder.end();
    expect(Object.entries(part!.headers)).toEqual([["__proto__", "a"]]);
  });

  it("rule 18: reads the answer in its charset, and a byte order mark before that", () => {
    const read = (bytes: Uint8Array, charset?: string) => {
      const ids = partIdsOf([get("a")]);
      const decoder = new JsonEnvelopeDecoder(
        DEFAULT_LIMITS,
        ids,
        readODataBody,
        undefined,
        charset,
      );
      for (const chunk of chunksOf(bytes, 1)) decoder.write(chunk);
      return [...decoder.end()][0]!.readBody(operation);
    };
    const envelope = '{"responses":[{"id":"1","status":200,"body":"\xe4"}]}';
    const wide = latin1(Array.from(envelope, (character) => `\0${character}`).join(""));
    expect(read(octets(envelope))).toBe("ä");
    expect(read(latin1(envelope), "iso-8859-1")).toBe("ä");
    expect(read(octets(`\ufeff${envelope}`), "iso-8859-1")).toBe("ä");
    expect(read(wide, "utf-16be")).toBe("ä");
    expect(read(joined([latin1("\xfe\xff"), wide]))).toBe("ä");
    expect(read(octets(envelope), "klingon")).toBe("ä");
  });

  it("gives JSON as it is, with and without a Content-Type", () => {
    expect(bodyOf({ body: { a: [1] } })).toEqual({ a: [1] });
    expect(bodyOf({ body: "text" })).toBe("text");
    expect(bodyOf({ body: "eyJ9", headers: { "content-type": "application/json" } })).toBe("eyJ9");
    expect(bodyOf({ body: 0, headers: { "content-type": "application/problem+json" } })).toBe(0);
    expect(bodyOf({ body: { a: 1 }, headers: { "content-type": "image/png" } })).toEqual({ a: 1 });
  });

  it("gives text as a string", () => {
    expect(bodyOf({ body: "aGk=", headers: { "Content-Type": "text/html" } })).toBe("aGk=");
  });

  it("decodes anything else, in either alphabet of base64", () => {
    const headers = { "Content-Type": "image/png" };
    expect(bodyOf({ body: "+/8=", headers })).toEqual(Uint8Array.of(0xfb, 0xff));
    expect(bodyOf({ body: "-_8", headers })).toEqual(Uint8Array.of(0xfb, 0xff));
    expect(() => bodyOf({ body: "?", headers })).toThrow(DecodeError);
  });

  it("gives nothing as undefined", () => {
    expect(bodyOf({})).toBeUndefined();
    expect(bodyOf({ body: null })).toBeUndefined();
    const [part] = partsOf({ responses: [{ id: "1", status: 200, body: 1 }] });
    expect(part!.readBody(head("a"))).toBeUndefined();
    for (const type of ["text/plain", "image/png"]) {
      expect(bodyOf({ body: "", headers: { "Content-Type": type } })).toBeUndefined();
    }
    expect(bodyOf({ body: "", headers: { "Content-Type": "application/json" } })).toBe("");
  });

  it.each([204, 304])(
    "gives undefined for a status of %i, whatever stands for the body",
    (status) => {
      for (const body of ["", "x", {}, 1]) expect(bodyOf({ status, body })).toBeUndefined();
    },
  );

  it.each([undefined, "200", 99, 1000, 200.5])(
    "lets a response of status %j fail alone",
    (status) => {
      const [broken, fine] = partsOf({
        responses: [{ id: "1", status }, { id: "2", status: 200 }],
      });
      expect(broken).toMatchObject({ index: 0, status: 0 });
      expect(() => broken!.readBody(operation)).toThrow(DecodeError);
      expect(fine!.readBody(operation)).toBeUndefined();
    },
  );

  it.each([["200", "a string"], [99, "99"], [null, "null"], [undefined, "undefined"]])(
    "says what stands in place of a status: %j",
    (status, found) => {
      const [part] = partsOf({ responses: [{ id: "1", status }] });
      expect(() => part!.readBody(operation)).toThrow(
        `Cannot decode a response as its status must be a number from 100 to 999: current value is ${found}`,
      );
    },
  );

  it("lets what is no response fail alone", () => {
    const [broken] = partsOf({ responses: [null] });
    expect(broken).toMatchObject({ index: undefined, status: 0 });
  });

  it("tells what was cut off from what is malformed", () => {
    const failureOf = (text: string) => {
      const decoder = new JsonEnvelopeDecoder(DEFAULT_LIMITS, partIdsOf([get("a")]), readODataBody);
      expect([...decoder.write(octets(text))]).toEqual([]);
      try {
        return [...decoder.end()];
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
        return (error as DecodeError).isTruncated ? "cut off" : "malformed";
      }
    };
    expect(failureOf('{"responses":[')).toBe("cut off");
    expect(failureOf("")).toBe("cut off");
    expect(failureOf('{"responses":[<html>]}')).toBe("malformed");
    expect(failureOf("{}\n")).toBe("malformed");
    expect(failureOf('\ufeff{"responses":[]}')).toEqual([]);
  });

  it("limits the responses", () => {
    const responses = [{ id: "1", status: 200 }, { id: "2", status: 200 }];
    const read = () => partsOf({ responses }, { ...DEFAULT_LIMITS, maxParts: 1 });
    expect(read).toThrow(LimitError);
    expect(read).toThrow(
      "Cannot read a message as it must not have more than 1 parts: current value is 2 or more",
    );
  });
});
