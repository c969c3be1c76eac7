import { describe, expect, it } from "vitest";
import { get } from "../../../mod.ts";
import { graphWire } from "../../../src/wire/graph/graph.ts";
import { odataWire } from "../../../src/wire/odata/odata.ts";
import { joinedPreferences } from "../../../src/wire/headers/prefer.ts";
import { encodeAll, sentInJson } from "../support.ts";

describe("Prefer of the options beside that of an operation", () => {
  it.each([
    ["a", "b", "a, b"],
    ['text="x, y"', 'IdType="ImmutableId"', 'text="x, y", IdType="ImmutableId"'],
    ["a=1", "A=2, b=3", "a=1, b=3"],
    ["a", 'b="1, c=2"; d, e', 'a, b="1, c=2"; d, e'],
    ["", "b", "b"],
    ["a", "", "a"],
    ['a="', "b", 'a=", b'],
  ])("%j and %j are %j", (own, others, joined) => {
    expect(joinedPreferences(own, others)).toBe(joined);
  });

  it("stands in the parts of Graph", () => {
    const wire = graphWire({ headers: { Prefer: 'IdType="ImmutableId"', "X-A": "1" } });
    const headers = { prefer: 'outlook.body-content-type="text"', "x-a": "2" };
    const [sent] = sentInJson(encodeAll(wire, [get("/me/messages", { headers })]).request);
    expect(sent!.headers).toEqual({
      prefer: 'outlook.body-content-type="text", IdType="ImmutableId"',
      "x-a": "2",
    });
  });
});

describe("the POST", () => {
  it("says whose traffic it is, to Graph", () => {
    const { request } = encodeAll(graphWire({ headers: { "User-Agent": "ISV|Contoso|App/1.0" } }), [
      get("/me"),
    ]);
    expect(request.headers).toMatchObject({ "User-Agent": "ISV|Contoso|App/1.0" });
    expect(sentInJson(request)[0]!.headers).toEqual({ "User-Agent": "ISV|Contoso|App/1.0" });
  });

  it("says what it accepts, to an OData service, whatever its parts accept", () => {
    for (
      const [format, accept] of [["multipart", "multipart/mixed"], [
        "json",
        "application/json",
      ]] as const
    ) {
      const wire = odataWire({
        baseUrl: "https://contoso.com/",
        format,
        headers: { Accept: "x/y" },
      });
      const { headers } = encodeAll(wire, [get("A")]).request;
      expect(headers["Accept"]).toBe(accept);
    }
  });
});
