import { Schema } from "effect";
import type { BatchEvent } from "../../../mod.ts";

/** What happened to operations of a message on its runner; operations are told by their place in the message. */
export const WireEvent: Schema.Codec<WireEvent> = Schema.Union([
  Schema.Struct({
    type: Schema.Literal("sent"),
    batch: Schema.Int,
    lane: Schema.Int,
    wire: Schema.String,
    origin: Schema.String,
    places: Schema.Array(Schema.Int),
    bytes: Schema.Number,
    reason: Schema.Literals(["count", "bytes", "time", "flush", "complete", "slot"]),
    waitedMs: Schema.Number,
    attempt: Schema.Int,
  }),
  Schema.Struct({
    type: Schema.Literal("answered"),
    batch: Schema.Int,
    lane: Schema.Int,
    status: Schema.optionalKey(Schema.Int),
    parts: Schema.Int,
    durationMs: Schema.Number,
    requestId: Schema.optionalKey(Schema.String),
    clientRequestId: Schema.optionalKey(Schema.String),
  }),
  Schema.Struct({
    type: Schema.Literal("retried"),
    place: Schema.Int,
    lane: Schema.Int,
    attempt: Schema.Int,
    delayMs: Schema.Number,
    status: Schema.optionalKey(Schema.Int),
  }),
]);

/** What happened to operations of a message on its runner. */
export type WireEvent =
  | Pick<
    EventOf<"sent">,
    "type" | "batch" | "lane" | "wire" | "origin" | "bytes" | "reason" | "waitedMs" | "attempt"
  >
    & { readonly places: readonly number[] }
  | Pick<EventOf<"answered">, "type" | "batch" | "lane" | "parts" | "durationMs"> & {
    readonly status?: number;
    readonly requestId?: string;
    readonly clientRequestId?: string;
  }
  | Pick<EventOf<"retried">, "type" | "lane" | "attempt" | "delayMs"> & {
    readonly place: number;
    readonly status?: number;
  };

type EventOf<T extends BatchEvent["type"]> = Extract<BatchEvent, { readonly type: T }>;
