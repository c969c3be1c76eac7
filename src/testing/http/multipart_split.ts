import { parseMediaType } from "../../mime/media_type.ts";
import { Refusal } from "./http.ts";

/** What stands behind a close delimiter. */
export type Closing = "crlf" | "lf" | "nothing";

/** A multipart body taken apart. */
export interface Split {
  readonly parts: readonly { readonly from: number; readonly to: number }[];
  readonly closedBy: Closing;
}

/** RFC 2046 §5.1.1. */
const BOUNDARY = /^[\w'()+,\-./:=? ]{0,69}[\w'()+,\-./:=?]$/;

/** @throws {Refusal} 415 when it is no multipart, 400 when it names no boundary */
export function boundaryIn(contentType: string): string {
  const { type, parameters } = parseMediaType(contentType);
  if (type !== "multipart/mixed") {
    throw new Refusal(
      415,
      "ErrorBatchContentType",
      "The Content-Type of a batch must be multipart/mixed with a boundary.",
    );
  }
  const boundary = parameters.get("boundary") ?? "";
  if (!BOUNDARY.test(boundary)) {
    throw new Refusal(
      400,
      "ErrorBatchBoundary",
      "The Content-Type must name a boundary of 1 to 70 characters that RFC 2046 allows.",
    );
  }
  return boundary;
}

/** Finds the delimiter lines; what comes before the first and after the last is ignored (OData 4.01 §11.7.7.1). */
export function splitParts(text: string, boundary: string, start: number, end: number): Split {
  const parts: { from: number; to: number }[] = [];
  const dashed = `--${boundary}`;
  const scope = text.slice(0, end);
  let from: number | undefined;
  for (let at = scope.indexOf(dashed, start); at !== -1;) {
    const after = at + dashed.length;
    // A carriage return alone ends no line, and neither does anything else in front of the dashes.
    const startsLine = at === start || text[at - 1] === "\n";
    const rest = /(--)?[ \t]*(\r\n|\n|$)/y;
    rest.lastIndex = after;
    const line = startsLine ? rest.exec(scope) : null;
    if (line !== null && (line[1] !== undefined || line[2] !== "")) {
      if (at > start && text[at - 2] !== "\r") throw bareLineFeed();
      if (from !== undefined) parts.push({ from, to: Math.max(from, at - 2) });
      if (line[1] !== undefined) return { parts, closedBy: CLOSED_BY[line[2] as "\n"] };
      if (line[2] === "\n") throw bareLineFeed();
      from = rest.lastIndex;
    }
    at = scope.indexOf(dashed, after);
  }
  throw new Refusal(
    400,
    "ErrorBatchMissingCloseDelimiter",
    "The batch must end with its boundary between two pairs of dashes.",
  );
}

const CLOSED_BY = { "\r\n": "crlf", "\n": "lf", "": "nothing" } as const;

function bareLineFeed(): Refusal {
  return new Refusal(
    400,
    "ErrorBatchBareLineFeed",
    "Every line of a batch must end in CR and LF.",
  );
}
