import { decodeLatin1 } from "../../mime/latin1.ts";
import { parseMediaType } from "../../mime/media_type.ts";
import type { BatchMember } from "./batch.ts";
import { type HeaderRecord, Refusal } from "./http.ts";
import { boundaryIn, type Closing, splitParts } from "./multipart_split.ts";
import { readHead, readMessage } from "./request_message.ts";

/** What only some servers ask of a part, and must therefore be known to whoever judges it. */
export interface MultipartMember extends BatchMember {
  /** Headers of the part itself, names in lower case. */
  readonly partHeaders: HeaderRecord;
}

/** A multipart batch request, its syntax found right. */
export interface MultipartRequest {
  /** In the order written, members of change sets among the others. */
  readonly members: readonly MultipartMember[];
  /** How many parts there are, a change set being one. */
  readonly parts: number;
  /** What stands behind the close delimiter: some servers want a CRLF there (protocol A5). */
  readonly closedBy: Closing;
}

/**
 * Reads a multipart batch request as strictly as RFC 2046, RFC 9112 and OData 4.01 §11.7.7 are written: the mirror image
 * of the client's reader, which takes whatever servers send.
 *
 * @throws {Refusal} 415 for another Content-Type, 400 for anything malformed
 */
export function readMultipartRequest(contentType: string, bytes: Uint8Array): MultipartRequest {
  // One octet is one character, so that a place in the text is a place in the bytes.
  const text = decodeLatin1(bytes);
  const whole = splitParts(text, boundaryIn(contentType), 0, text.length);
  const members: MultipartMember[] = [];
  let changeSets = 0;
  for (const { from, to } of whole.parts) {
    const { headers, end } = readHead(text, from, to);
    if (typeOf(headers) !== "multipart/mixed") {
      members.push(memberIn(bytes, text, { headers, from: end, to }, undefined));
      continue;
    }
    changeSets++;
    const boundary = boundaryIn(headers["content-type"] as string);
    for (const part of splitParts(text, boundary, end, to).parts) {
      const inner = readHead(text, part.from, part.to);
      const place = { headers: inner.headers, from: inner.end, to: part.to };
      members.push(memberIn(bytes, text, place, changeSets));
    }
  }
  return { members, parts: whole.parts.length, closedBy: whole.closedBy };
}

function typeOf(headers: HeaderRecord): string {
  return parseMediaType(headers["content-type"] ?? "").type;
}

interface MessagePlace {
  readonly headers: HeaderRecord;
  readonly from: number;
  readonly to: number;
}

function memberIn(
  bytes: Uint8Array,
  text: string,
  { headers, from, to }: MessagePlace,
  changeSet: number | undefined,
): MultipartMember {
  checkPart(headers);
  const message = readMessage(text, from, to);
  const body = bytes.subarray(message.end, to);
  const { method } = message;
  if (body.length > 0 && (method === "GET" || method === "HEAD" || method === "DELETE")) {
    throw new Refusal(
      400,
      "ErrorBatchUnexpectedContent",
      `A ${method} must end with one empty line; ${body.length} more bytes follow it.`,
    );
  }
  if (changeSet !== undefined && method === "GET") {
    throw new Refusal(400, "ErrorBatchChangeSetMethod", "A change set must hold no GET.");
  }
  return {
    method,
    url: message.url,
    headers: message.headers,
    body,
    id: headers["content-id"] ?? message.headers["content-id"],
    dependsOn: [],
    partHeaders: headers,
    group: changeSet === undefined ? undefined : `change set ${changeSet}`,
  };
}

function checkPart(headers: HeaderRecord): void {
  if (typeOf(headers) !== "application/http") {
    throw new Refusal(
      400,
      "ErrorBatchPartContentType",
      "Every part must have the Content-Type application/http.",
    );
  }
  const encoding = headers["content-transfer-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "binary") {
    throw new Refusal(
      400,
      "ErrorBatchPartTransferEncoding",
      "The Content-Transfer-Encoding of a part must be binary.",
    );
  }
}
