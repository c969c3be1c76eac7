import type { BatchEvent } from "../options/events.ts";
import type { AnyOperation } from "../operation/operation.ts";

/** What a span or a metric says, by the names of OpenTelemetry's conventions for HTTP. */
export type Attributes = Readonly<Record<string, string | number>>;

/** A POST that has left. */
export type Sent = Extract<BatchEvent, { readonly type: "sent" }>;
/** A POST that has ended. */
export type Answered = Extract<BatchEvent, { readonly type: "answered" }>;

/** The name and the attributes of an operation's span; never a URL, which may hold an address. */
export function spanOfOperation(
  { id, method, label }: AnyOperation,
): { readonly name: string; readonly attributes: Attributes } {
  return {
    // A derived operation has no method before it is built, and its span begins then.
    name: [method, label].filter((word) => word !== undefined).join(" ") || "rxbatch.send",
    attributes: {
      ...(method === undefined ? {} : { "http.request.method": method }),
      ...(label === undefined ? {} : { "url.template": label }),
      "rxbatch.operation": id,
    },
  };
}

/** What spans and metrics say of a POST: few values each, so that metrics stay small. */
export function attributesOfPost({ origin, wire, reason }: Sent): Attributes {
  return {
    "http.request.method": "POST",
    "url.template": "$batch",
    ...serverOf(origin),
    "rxbatch.wire": wire,
    "rxbatch.reason": reason,
  };
}

/** What a span says besides. */
export function detailsOfPost(sent: Sent): Attributes {
  return {
    "http.request.body.size": sent.bytes,
    ...(sent.attempt > 1 ? { "http.request.resend_count": sent.attempt - 1 } : {}),
    "rxbatch.batch": sent.batch,
    "rxbatch.lane": sent.lane,
    "rxbatch.size": sent.size,
    "rxbatch.waited_ms": sent.waitedMs,
  };
}

/** How it ended, by the conventions: an `error.type` stands where it is one, and nowhere else. */
export function outcomeOfPost({ status }: Answered): Attributes {
  if (status === undefined) return { "error.type": "_OTHER" };
  return {
    "http.response.status_code": status,
    ...(status < 400 ? {} : { "error.type": `${status}` }),
  };
}

/** Where it goes. */
export function serverOf(origin: string): Attributes {
  if (!URL.canParse(origin)) return {};
  const { hostname, port, protocol } = new URL(origin);
  return {
    "server.address": hostname,
    "server.port": port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
  };
}

/** Where it goes, and how; for spans. */
export function placeOf(origin: string): Attributes {
  const server = serverOf(origin);
  return "server.address" in server
    ? { ...server, "url.scheme": new URL(origin).protocol.slice(0, -1) }
    : server;
}

/** What a span says of the answer besides. */
export function answerOfPost({ parts, requestId, clientRequestId }: Answered): Attributes {
  return {
    "rxbatch.parts": parts,
    ...(requestId === undefined ? {} : { "rxbatch.request_id": requestId }),
    ...(clientRequestId === undefined ? {} : { "rxbatch.client_request_id": clientRequestId }),
  };
}

/** The header by which a server knows whose work its own is; none of a tracer whose ids are its own. */
export function traceparentOf(
  { traceId, spanId, sampled }: {
    readonly traceId: string;
    readonly spanId: string;
    readonly sampled: boolean;
  },
): Readonly<Record<string, string>> {
  if (!/^[\da-f]{32}$/.test(traceId) || !/^[\da-f]{16}$/.test(spanId)) return {};
  return { traceparent: `00-${traceId}-${spanId}-${sampled ? "01" : "00"}` };
}
