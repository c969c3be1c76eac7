import { toBase64 } from "../json/base64.ts";
import type { JsonDialect } from "../json_request.ts";

/** How Graph wants one request of a JSON batch written. */
export const GRAPH_JSON: JsonDialect = {
  // Protocol C2.
  maxBatchSize: 20,
  // Lower-case `content-type` was refused once (protocol C2).
  headerName: (name) => name.toLowerCase() === "content-type" ? "Content-Type" : name,
  // Microsoft's own SDK writes text in base64 too.
  foreignBody: (body) => `"${toBase64(body)}"`,
  // Without it, and a Content-Type, the whole batch is refused (protocol C2).
  emptyBody: "{}",
};
