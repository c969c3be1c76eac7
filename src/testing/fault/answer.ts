import type { Clock } from "../clock.ts";
import type { Fault, HtmlFault, LatencyFault, StatusFault } from "./fault.ts";
import { type Answer, ConnectionBroken, jsonAnswer, reasonOf } from "../http/http.ts";
import type { Random } from "../random.ts";

/** What a fault needs to strike. */
export interface FaultScene {
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/** Can so long be waited: a time, or two bounds in their order? */
export function isSpan(ms: number | readonly [number, number]): boolean {
  const [min, max] = Array.isArray(ms) ? ms : [ms, ms];
  return typeof min === "number" && min >= 0 && max >= min;
}

/** A value, or one drawn between two bounds. */
export function drawnMs(ms: number | readonly [number, number], random: Random): number {
  if (typeof ms === "number") return ms;
  const [min, max] = ms;
  return min + random.next() * (max - min);
}

/** Does the fault strike after the operations have been carried out? */
export function isLate(fault: Fault): boolean {
  return fault.name === "lost" || ("carriedOut" in fault && fault.carriedOut === true);
}

/**
 * Lets the faults strike in turn.
 *
 * @returns the answer that one of them gives in place of the true one
 * @throws {ConnectionBroken} when one of them breaks the connection
 */
export async function struckBy(
  faults: readonly Fault[],
  scene: FaultScene,
): Promise<Answer | undefined> {
  for (const fault of faults) {
    if (fault.name === "latency") await wait(fault, scene);
    if (fault.name === "refuse") throw new ConnectionBroken("ECONNREFUSED");
    if (fault.name === "lost") throw new ConnectionBroken("ECONNRESET");
    if (fault.name === "reset" && fault.at !== "after") throw new ConnectionBroken("ECONNRESET");
    if (fault.name === "status") return statusAnswer(fault, scene);
    if (fault.name === "html") return htmlAnswer(fault);
  }
  return undefined;
}

async function wait({ ms }: LatencyFault, { clock, random, signal }: FaultScene): Promise<void> {
  await clock.wait(drawnMs(ms, random), signal);
}

const CODES: Readonly<Record<number, string>> = {
  401: "InvalidAuthenticationToken",
  408: "ErrorTimeoutExpired",
  413: "RequestEntityTooLarge",
  429: "TooManyRequests",
  500: "ErrorInternalServerError",
  502: "BadGateway",
  503: "ErrorServerBusy",
  504: "ErrorGatewayTimeout",
};

function statusAnswer({ status, retryAfter, code }: StatusFault, { clock }: FaultScene): Answer {
  const headers: Readonly<Record<string, string>> = retryAfter === undefined
    ? {}
    : { "Retry-After": retryAfterText(retryAfter, clock) };
  if (status < 300) return { status, headers, body: undefined };
  const error = {
    code: code ?? CODES[status] ?? `Error${status}`,
    message: `${reasonOf(status)} (as planned by the test).`,
  };
  return jsonAnswer(status, { error }, headers);
}

function retryAfterText(
  retryAfter: NonNullable<StatusFault["retryAfter"]>,
  clock: Clock,
): string {
  if (retryAfter instanceof Date) return retryAfter.toUTCString();
  return typeof retryAfter === "object"
    ? new Date(clock.now() + retryAfter.inMs).toUTCString()
    : String(retryAfter);
}

function htmlAnswer({ status = 502 }: HtmlFault): Answer {
  const title = `${status} ${reasonOf(status)}`;
  return {
    status,
    headers: { "Content-Type": "text/html; charset=utf-8" },
    body: `<!DOCTYPE html>\r\n<html><head><title>${title}</title></head>` +
      `<body><h1>${title}</h1><p>The gateway is at a loss.</p></body></html>\r\n`,
  };
}
