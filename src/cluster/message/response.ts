import { Schema } from "effect";
import type { OperationResponse } from "../../../mod.ts";
import { contentOf, WireContent } from "./content.ts";

/** An answer as it stands in a message. */
export const WireResponse: Schema.Codec<WireResponse> = Schema.Struct({
  status: Schema.Int,
  headers: Schema.Record(Schema.String, Schema.String),
  body: Schema.optionalKey(WireContent),
});

/** An answer as it stands in a message. */
export interface WireResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: WireContent;
}

/** An answer as it goes into a message. */
export function wireResponseOf(
  { status, headers, body }: Pick<OperationResponse, "status" | "headers" | "body">,
): WireResponse {
  const content = contentOf(body);
  return { status, headers, ...(content === undefined ? {} : { body: content }) };
}
