import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyTexts } from "../../../src/wire/json/source.ts";

describe("the text of a response's body", () => {
  it("is what stood there, numbers above 2^53 and blanks included", () => {
    const body = '{ "id" : 9007199254740993, "price": 1.10 }';
    expect(bodyTexts(`{"responses":[{"id":"1","status":200,"body":${body}}]}`)).toEqual([body]);
  });

  it("is undefined where there is none, and for a response that is no object", () => {
    expect(bodyTexts('{"responses":[{"id":"1"},7,{"body":null}]}'))
      .toEqual([undefined, undefined, "null"]);
  });

  it("is that of the last of two members with one name, however the name is written", () => {
    expect(bodyTexts('{"responses":[{"body":1,"b\\u006fdy":2}]}')).toEqual(["2"]);
  });

  it("costs no stack, however deep a body is", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect(bodyTexts(`{"responses":[{"body":${deep}}]}`)).toEqual([deep]);
  });

  it("is what JSON.stringify wrote, whatever stands around it", () => {
    const response = fc.record({ body: fc.jsonValue(), id: fc.string() }, { requiredKeys: [] });
    fc.assert(
      fc.property(
        fc.array(response),
        fc.jsonValue(),
        fc.constantFrom(0, 1, "\t"),
        (responses, other, space) => {
          const text = JSON.stringify({ other, responses, again: other }, null, space);
          const bodies = JSON.parse(text).responses.map(({ body }: { body?: unknown }) => body);
          expect(bodyTexts(text).map((body) => body === undefined ? undefined : JSON.parse(body)))
            .toEqual(bodies);
        },
      ),
    );
  });
});
