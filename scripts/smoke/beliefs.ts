import type { Findings } from "./probes.ts";
import type { Exchange, SeenPart } from "./seen.ts";

/** What rxbatch takes for granted, and what the service did. */
export interface Belief {
  readonly name: string;
  /** What we take for granted; `undefined` where any answer is right and only told. */
  readonly taken: string | undefined;
  readonly seen: string;
  /** `undefined` where the service gave no occasion. */
  readonly holds: boolean | undefined;
}

/** Holds what came of the probes against what the library relies on. */
export function beliefsOf(findings: Findings): readonly Belief[] {
  const { exchanges } = findings;
  const of = (probe: string) => exchanges.filter((exchange) => exchange.probe === probe);
  const batches = exchanges.filter(({ parts }) => parts !== undefined);
  const parts = batches.flatMap((batch) => batch.parts!);
  const withBody = parts.filter(({ body }) => body === "JSON");
  return [
    belief("status of a batch", "200", batches.map(({ status }) => `${status}`)),
    belief(
      "type of its answer",
      "application/json",
      batches.map(({ headers }) => headers.values["content-type"]?.split(";")[0] ?? "none"),
    ),
    belief("ids", "each once", batches.map(idsOf)),
    told("order of answers", of("side by side").concat(of("full")).map(orderOf)),
    belief("side by side, as alone", statuses(of("alone")), [statuses(of("side by side"))]),
    belief("chain, as alone", statuses(of("alone")), [statuses(of("chain"))]),
    belief("behind a failed parent", "424", of("failed parent").flatMap(statusOfChild)),
    belief("20 requests", "200", of("full").map(({ status }) => `${status}`)),
    belief("21 requests", "400", of("too many").map(({ status }) => `${status}`)),
    belief(
      "neither chain nor side by side",
      "400",
      of("partly ordered").map(({ status }) => `${status}`),
    ),
    belief("me and users/{id}", "together", of("two names").map(togetherness)),
    told("bodies that are no JSON", of("no JSON").flatMap((batch) => bodiesOf(batch))),
    belief(
      "Content-Type of a JSON part",
      "there",
      withBody.map(({ headers }) =>
        headers.values["content-type"] === undefined ? "none" : "there"
      ),
    ),
    told("headers of a part", [...new Set(parts.flatMap(({ headers }) => headers.names))].sort()),
    belief("next links", "same service", parts.flatMap(({ nextLink }) => nextLink ?? [])),
    belief("Retry-After", "seconds", exchanges.flatMap(waitsOf)),
    told("headers of limits", [...new Set(exchanges.flatMap(limitsOf))]),
    belief("what send() told", "as answered", Object.keys(findings.told).map(agreement)),
  ];

  /** Held against the answer itself. */
  function agreement(probe: string): string {
    const answered = of(probe).flatMap((batch) => inOrder(batch).map(({ status }) => status));
    const ours = findings.told[probe]!;
    const isSame = ours.length === answered.length &&
      ours.every((one, at) => one === answered[at] || answered[at] === 424);
    return isSame ? "as answered" : `${probe}: ${ours.join(" ")}`;
  }
}

function belief(name: string, taken: string, seen: readonly string[]): Belief {
  const found = [...new Set(seen)];
  const holds = found.length === 0 ? undefined : found.every((one) => one === taken);
  return { name, taken, seen: found.join(", "), holds };
}

function told(name: string, seen: readonly string[]): Belief {
  return { name, taken: undefined, seen: seen.join(", "), holds: undefined };
}

function statuses(exchanges: readonly Exchange[]): string {
  return exchanges.flatMap((exchange) =>
    exchange.parts === undefined ? [exchange.status] : inOrder(exchange).map(({ status }) => status)
  ).join(" ");
}

/** In the order of the requests; those without an answer are missing. */
function inOrder({ sent, parts }: Exchange): readonly SeenPart[] {
  return sent.flatMap((request) => parts?.find(({ id }) => id === request.id) ?? []);
}

function idsOf({ sent, parts }: Exchange): string {
  const ids = parts!.map(({ id }) => id);
  const isEachOnce = ids.length === sent.length && sent.every(({ id }) => ids.includes(id));
  return isEachOnce ? "each once" : `${ids.join(" ")} for ${sent.map(({ id }) => id).join(" ")}`;
}

function orderOf({ parts }: Exchange): string {
  return parts?.map(({ id }) => id ?? "?").join(" ") ?? "no batch answer";
}

function statusOfChild({ parts, sent }: Exchange): readonly string[] {
  const child = sent.find(({ dependsOn }) => dependsOn.length > 0);
  const part = parts?.find(({ id }) => id === child?.id);
  return part === undefined ? [] : [`${part.status}`];
}

function togetherness({ sent, parts }: Exchange): string {
  return sent.length > 1 && parts?.every(({ status }) => status < 400) === true
    ? "together"
    : statuses([{ sent, parts } as Exchange]) || "refused";
}

function bodiesOf(batch: Exchange): readonly string[] {
  return inOrder(batch).map(({ status, body, headers }) =>
    `${status} ${body} (${headers.values["content-type"] ?? "no type"})`
  );
}

/** Whole or with a fraction, or a date. */
function waitsOf({ headers, parts }: Exchange): readonly string[] {
  const all = [headers, ...(parts ?? []).map((part) => part.headers)];
  return all.flatMap(({ values }) => values["retry-after"] ?? [])
    .map((text) => /^\d+(?:\.\d+)?$/.test(text) ? "seconds" : text);
}

function limitsOf({ headers, parts }: Exchange): readonly string[] {
  const all = [headers, ...(parts ?? []).map((part) => part.headers)];
  return all.flatMap(({ names }) => names).filter((name) => /^ratelimit|throttle/i.test(name));
}
