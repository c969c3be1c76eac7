import type { SentOperation } from "../../../operation/atomic.ts";
import type { ResponseHead } from "../../../transport/transport.ts";
import type { Decoder, Wire } from "../../../wire/wire.ts";
import type { RouteRules } from "./route.ts";

/** What may be concluded from one answer (design rule 14). */
export function rulesOf(
  { order }: Wire,
  head: ResponseHead,
  decoder: Decoder | undefined,
  operations: readonly SentOperation[],
): RouteRules {
  return {
    size: operations.length,
    isOrdered: decoder?.isOrdered ?? true,
    mayStop: order === "sequential" && !continuesOnError(head),
    groupSizes: operations.map((sent) =>
      sent.method === undefined ? sent.members.length : undefined
    ),
  };
}

/**
 * A server that says that it goes on after errors has not stopped at one: `Preference-Applied: odata.continue-on-error`,
 * with the prefix of version 4.0 or without.
 */
function continuesOnError({ headers }: ResponseHead): boolean {
  const applied = headers["preference-applied"];
  return applied !== undefined && applied.toLowerCase().split(/[,;]/).some((preference) => {
    const [name, value] = preference.split("=").map((piece) => piece.trim());
    return value?.replaceAll('"', "") !== "false" &&
      (name === "odata.continue-on-error" || name === "continue-on-error");
  });
}
