import { describe, expect, it } from "vitest";
import { get, graphWire, odataWire, outlookWire, post, type Wire } from "../../../mod.ts";

const given = { "X-CSRF-Token": "t", Prefer: "return=minimal", Authorization: "Basic abc" };

function encoded(
  wire: Wire,
  path = "users/a@b.example/messages",
): { headers: Readonly<Record<string, string>>; text: string } {
  const operations = [
    get(path),
    post(path, {}, { headers: { "x-csrf-token": "own" } }),
  ];
  const context = wire.contextOf(operations[0]!);
  const parts = operations.map((operation) => wire.encodeOne(operation, context));
  const { headers, body } = wire.encode(parts, context, "parallel", given);
  return { headers, text: new TextDecoder().decode(body) };
}

const baseUrl = "https://services.example.com/odata/";

describe("headers that a function gave", () => {
  it.each([
    ["Graph", graphWire()],
    ["OData in JSON", odataWire({ baseUrl, format: "json" })],
    ["OData in multipart", odataWire({ baseUrl })],
    ["OData with change sets", odataWire({ baseUrl, writes: "changeSet" })],
  ])("stand on the POST and in the parts of %s, whose own win", (_, wire) => {
    const { headers, text } = encoded(wire);
    expect(headers).toMatchObject({ "X-CSRF-Token": "t", Authorization: "Basic abc" });
    expect(headers["Prefer"] ?? "").not.toContain("minimal");
    const tokens = [...text.matchAll(/x-csrf-token"?: ?"?(\w+)/gi)].map(([, value]) => value);
    expect(tokens).toEqual(["t", "own"]);
    expect(text.match(/return=minimal/g)).toHaveLength(2);
    expect(text).not.toContain("Basic");
  });

  it("stand on the POST alone of Outlook, which hands them on, but for Prefer", () => {
    const { headers, text } = encoded(outlookWire(), "messages");
    expect(headers).toMatchObject({ "X-CSRF-Token": "t", Authorization: "Basic abc" });
    expect(text.match(/x-csrf-token: \w+/gi)).toEqual(["x-csrf-token: own"]);
    expect(text.match(/return=minimal/g)).toHaveLength(2);
  });
});
