import type { Attributes } from "@opentelemetry/api";
import type { BatchEvent } from "../../options/events.ts";

/** A POST that has left. */
export type Sent = Extract<BatchEvent, { readonly type: "sent" }>;
/** A POST that has ended. */
export type Answered = Extract<BatchEvent, { readonly type: "answered" }>;

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

function serverOf(origin: string): Attributes {
  if (!URL.canParse(origin)) return {};
  const { hostname, port, protocol } = new URL(origin);
  return {
    "server.address": hostname,
    "server.port": port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
  };
}
