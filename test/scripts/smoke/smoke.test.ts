import { fakeGraph, type FakeOptions } from "@rxbatch/rxbatch/testing";
import { describe, expect, it } from "vitest";
import { beliefsOf } from "../../../scripts/smoke/beliefs.ts";
import { refusalOf } from "../../../scripts/smoke/permission.ts";
import { type Findings, probe } from "../../../scripts/smoke/probes.ts";
import { reportOf } from "../../../scripts/smoke/report.ts";
import { partsIn } from "../../../scripts/smoke/seen.ts";

const ADDRESS = "anna@contoso.com";
const BASE_URL = "https://graph.microsoft.com/v1.0/";

async function probed(options: FakeOptions = {}, mailbox = "me") {
  const graph = fakeGraph({ mailboxes: { [ADDRESS]: {} }, ...options });
  const { baseUrl, token, fetch } = graph;
  const findings = await probe({ baseUrl, token, fetch }, mailbox);
  return { graph, findings, beliefs: beliefsOf(findings) };
}

function differing(findings: Findings): Record<string, string> {
  const differs = beliefsOf(findings).filter(({ holds }) => holds === false);
  return Object.fromEntries(differs.map(({ name, seen }) => [name, seen]));
}

describe("smoke_graph", () => {
  it("finds what we take for granted on a Graph as it is documented", async () => {
    const { graph, findings, beliefs } = await probed();
    expect(differing(findings)).toEqual({});
    const unseen = beliefs.filter(({ taken, seen }) => taken !== undefined && seen === "");
    expect(unseen.map(({ name }) => name)).toEqual(["Retry-After"]);
    expect(graph.posts).toBe(9);
    expect(graph.ledger.entries.every(({ method }) => method === "GET")).toBe(true);
  });

  it("reads the mailbox that it is told, for a token that is nobody's own", async () => {
    const { findings } = await probed({}, `users/${ADDRESS}`);
    expect(differing(findings)).toEqual({});
  });

  it("tells a status, a Retry-After and a lost answer that we do not count on", async () => {
    const { findings, beliefs } = await probed({
      script: [
        { name: "status", status: 429, on: "part", index: 0, retryAfter: 2.5 },
        { name: "fewer" },
      ],
    });
    expect(Object.keys(differing(findings)).sort()).toEqual([
      "chain, as alone",
      "ids",
      "side by side, as alone",
      "what send() told",
    ]);
    const named = (wanted: string) => beliefs.find(({ name }) => name === wanted)!;
    expect(named("Retry-After")).toMatchObject({ seen: "seconds", holds: true });
    expect(reportOf(findings, beliefs)).toContain("2.5");
  });

  it("prints no token, address, id or text of the service", async () => {
    const { graph, findings, beliefs } = await probed({}, `users/${ADDRESS}`);
    const report = reportOf(findings, beliefs);
    expect(report).toContain("rxbatch-smoke [");
    const [{ id }] = graph.items(ADDRESS, "messages") as [{ id: string }];
    for (const secret of [graph.token, ADDRESS, "contoso", id, "Bearer", BASE_URL]) {
      expect(report).not.toContain(secret);
    }
  });

  it("takes a code that is no word for anybody's text", () => {
    const error = { code: `mailbox of ${ADDRESS}`, message: "none" };
    const answer = { responses: [{ id: "1", status: 404, body: { error } }] };
    const [part] = partsIn(new TextEncoder().encode(JSON.stringify(answer)), BASE_URL)!;
    expect(part!.code).toBe("a code of 27 characters");
  });

  it.each([
    ["no JSON", "<html>"],
    ["no responses", '{"error":{"code":"BadRequest"}}'],
    ["responses that are no list", '{"responses":{}}'],
  ])("takes %s for no batch answer", (_, text) => {
    expect(partsIn(new TextEncoder().encode(text), BASE_URL)).toBeUndefined();
  });

  it("reads answers that are not as they should be without failing", () => {
    const answer = { responses: [null, { id: 7, status: "200", headers: [], body: "aGk=" }] };
    expect(partsIn(new TextEncoder().encode(JSON.stringify(answer)), BASE_URL)).toMatchObject([
      { id: undefined, status: Number.NaN, body: "none" },
      { id: undefined, status: Number.NaN, body: "base64" },
    ]);
  });

  it.each([
    [{ CI: "true", GRAPH_TOKEN: "t" }, /must not run in CI: current value is CI/],
    [{ TF_BUILD: "True", GRAPH_TOKEN: "t" }, /current value is TF_BUILD/],
    [{}, /GRAPH_TOKEN must hold a token/],
    [{ GRAPH_TOKEN: "" }, /GRAPH_TOKEN must hold a token/],
  ])("refuses to run in CI, and without a token: %o", (env, refusal) => {
    expect(refusalOf(env)).toMatch(refusal);
  });

  it("runs with a token on a machine of somebody's own", () => {
    expect(refusalOf({ GRAPH_TOKEN: "t", CI: "false" })).toBeUndefined();
  });
});
