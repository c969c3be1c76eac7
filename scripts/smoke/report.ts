import Table from "cli-table3";
import type { Belief } from "./beliefs.ts";
import type { Findings } from "./probes.ts";

/** The whole report: a table of POSTs, a table of what we take for granted, and a line to be sent to us. */
export function reportOf(findings: Findings, beliefs: readonly Belief[]): string {
  return [
    exchangesOf(findings),
    tableOf(beliefs),
    "If anything differs, please send us this line; it holds no token, address, id or text of yours:",
    lineOf(beliefs),
  ].join("\n");
}

function exchangesOf({ exchanges }: Findings): string {
  const table = new Table({
    head: ["probe", "status", "requests", "answers: id status code", "Retry-After"],
    style: { head: [], border: [] },
    colWidths: [16, 8, 10, 48, 13],
    wordWrap: true,
  });
  for (const { probe, sent, status, headers, parts = [] } of exchanges) {
    const waits = [headers, ...parts.map((part) => part.headers)]
      .flatMap(({ values }) => values["retry-after"] ?? []);
    const answers = parts.map(({ id, status, code }) => [id ?? "?", status, code].join(" ").trim());
    const requests = sent.length === 0 ? "alone" : sent.length;
    table.push([probe, status, requests, answers.join(", "), waits.join(", ")]);
  }
  return table.toString();
}

function tableOf(beliefs: readonly Belief[]): string {
  const table = new Table({
    head: ["", "we take for granted", "the service did", ""],
    style: { head: [], border: [] },
    colWidths: [26, 22, 44, 10],
    wordWrap: true,
  });
  for (const { name, taken, seen, holds } of beliefs) {
    const verdict = holds === undefined ? "" : holds ? "as taken" : "DIFFERS";
    table.push([name, taken ?? "anything", seen === "" ? "no occasion" : seen, verdict]);
  }
  return table.toString();
}

function lineOf(beliefs: readonly Belief[]): string {
  return `rxbatch-smoke ${
    JSON.stringify(beliefs.map(({ name, seen, holds }) => [name, holds ?? null, seen]))
  }`;
}
