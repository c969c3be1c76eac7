import type { BatchEvent } from "../../options/events.ts";
import type { Batch } from "./batch.ts";

/** It has left. */
export function sentEvent(
  batch: Batch,
  wire: string,
  sentAtMs: number,
  bytes: number,
): BatchEvent {
  const { number, lane, reason, entries, aboard } = batch;
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
  { number, lane, head }: Batch,
  parts: number,
  durationMs: number,
): BatchEvent {
  return {
    type: "answered",
    batch: number,
    lane: lane.number,
    status: head?.status,
    parts,
    durationMs,
    requestId: head?.headers["request-id"],
    clientRequestId: head?.headers["client-request-id"],
  };
}

/** A wire of somebody's may write what is no whole URL. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "";
}
