import type { BatchEvent, BatchReason } from "../../options/events.ts";
import type { ResponseHead } from "../../transport/transport.ts";
import type { Entry } from "../entry.ts";
import type { Lane } from "../collect/lane.ts";

/** What is told of a POST. */
export interface Posted {
  readonly number: number;
  readonly lane: Lane;
  readonly reason: BatchReason;
  readonly entries: readonly Entry[];
  /** With all who share a place. */
  readonly aboard: readonly Entry[];
}

/** It has left. */
export function sentEvent(
  post: Posted,
  wire: string,
  sentAtMs: number,
  bytes: number,
): BatchEvent {
  const { number, lane, reason, entries, aboard } = post;
  const oldestAtMs = aboard.reduce((ms, { queuedAtMs }) => Math.min(ms, queuedAtMs), Infinity);
  return {
    type: "sent",
    batch: number,
    lane: lane.number,
    wire,
    origin: originOf(lane.context.url),
    operations: aboard.map((entry) => entry.operation.id),
    size: entries.length,
    bytes,
    reason,
    waitedMs: sentAtMs - oldestAtMs,
    attempt: entries.reduce((most, { attempts }) => Math.max(most, attempts), 0),
  };
}

/** It is over, with an answer or without. */
export function answeredEvent(
  { number, lane }: Posted,
  reply: { readonly head: ResponseHead | undefined; readonly partCount: number } | undefined,
  durationMs: number,
): BatchEvent {
  return {
    type: "answered",
    batch: number,
    lane: lane.number,
    status: reply?.head?.status,
    parts: reply?.partCount ?? 0,
    durationMs,
    requestId: reply?.head?.headers["request-id"],
    clientRequestId: reply?.head?.headers["client-request-id"],
  };
}

/** A wire of somebody's may write what is no whole URL. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "";
}
