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

describe("headers of the options that are the batch's alone", () => {
  const alone = {
    "Accept-Encoding": "gzip",
    From: "a@b.example",
    Range: "bytes=0-1",
    "max-forwards": "1",
    Accept: "multipart/mixed",
    prefer: "odata.continue-on-error, odata.maxpagesize=5, respond-async",
    "X-Other": "1",
  };
  const textOf = (wire: Wire, headers?: Readonly<Record<string, string>>) => {
    const operation = get("me/messages");
    const context = wire.contextOf(operation);
    const parts = [wire.encodeOne(operation, context)];
    return new TextDecoder().decode(wire.encode(parts, context, "parallel", headers).body);
  };

  it.each<[string, (headers?: Readonly<Record<string, string>>) => Wire]>([
    ["Graph", (headers) => graphWire({ headers })],
    ["OData in JSON", (headers) => odataWire({ baseUrl, format: "json", headers })],
    ["OData in multipart", (headers) => odataWire({ baseUrl, headers })],
  ])("stand in no part of %s, fixed or from a function", (_, wireWith) => {
    for (const text of [textOf(wireWith(alone)), textOf(wireWith(), alone)]) {
      expect(text).not.toMatch(/accept|from|range|max-forwards|continue-on-error|async/i);
      expect(text).toMatch(/prefer"?: ?"?odata\.maxpagesize=5/i);
      expect(text).toMatch(/x-other"?: ?"?1/i);
    }
  });

  it("leave no empty Prefer, and what is none of them as it was", () => {
    const only = odataWire({ baseUrl, headers: { Prefer: "Continue-On-Error=false" } });
    expect(textOf(only)).not.toMatch(/prefer/i);
    const others = { Prefer: 'a="b, c" ,d;e=1', Accept: "application/json, multipart/mixed" };
    const text = textOf(odataWire({ baseUrl, headers: others }));
    expect(text).toContain('\r\nPrefer: a="b, c" ,d;e=1\r\n');
    expect(text).toContain("\r\nAccept: application/json, multipart/mixed\r\n");
  });
});
