import { BatchError } from "../../src/operation/errors.ts";
import type { Operation } from "../../src/operation/operation.ts";
import type { BatchContext, BatchRequest, Decoder, Part, Wire } from "../../src/wire/wire.ts";

/** An inner request, as a strict server would see it. */
export interface SentOperation {
  readonly contentId: string | undefined;
  readonly method: string;
  readonly target: string;
  /** Names as written. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Encodes operations that share a lane. */
export function encodeAll(
  wire: Wire,
  operations: readonly Operation[],
): { request: BatchRequest; context: BatchContext; bytes: number } {
  const context = wire.contextOf(operations[0]!);
  const encoded = operations.map((operation) => wire.encodeOne(operation, context));
  const bytes = encoded.reduce((sum, one) => sum + one.bytes, wire.frameBytes ?? 0);
  return { request: wire.encode(encoded, context), context, bytes };
}

/**
 * Reads a multipart batch as a strict server would: by the letter of protocol A3, with no code of the library, and an
 * error at the first octet that is not as it must be.
 */
export function sentInMultipart({ headers, body }: BatchRequest): SentOperation[] {
  const boundary = /^multipart\/mixed; boundary=([\w-]{1,70})$/.exec(headers["Content-Type"]!)![1]!;
  const text = Array.from(body, (octet) => String.fromCharCode(octet)).join("");
  const pieces = `\r\n${text}`.split(`\r\n--${boundary}`);
  if (pieces.shift() !== "" || pieces.pop() !== "--\r\n") {
    throw new Error("not framed as it must be");
  }
  return pieces.map((piece) => {
    const [, head, message] = /^\r\n(.*?)\r\n\r\n(.*)$/s.exec(piece)!;
    const [type, encoding, id, ...others] = head!.split("\r\n");
    if (type !== "Content-Type: application/http") throw new Error("not of the type it must be");
    if (encoding !== "Content-Transfer-Encoding: binary") throw new Error("not binary");
    if (others.length > 0) throw new Error("more headers than there must be");
    const contentId = /^Content-ID: (\d+)$/.exec(id!)![1];
    const [, start, inner] = /^(.*? HTTP\/1\.1\r\n)(.*)$/s.exec(message!)!;
    const [, method, target] = /^([A-Z]+) ([\x21-\x7e]+) HTTP\/1\.1\r\n$/.exec(start!)!;
    const [, lines, content] = /^((?:[^\r\n]+\r\n)*)\r\n(.*)$/s.exec(inner!)!;
    const fields = lines!.split("\r\n").slice(0, -1).map((line) => {
      const [, name, value] = /^([!#$%&'*+\-.^_`|~\w]+): (.*)$/.exec(line)!;
      return [name!, value!] as const;
    });
    return {
      contentId,
      method: method!,
      target: target!,
      headers: Object.fromEntries(fields),
      body: new TextDecoder().decode(Uint8Array.from(content!, (octet) => octet.charCodeAt(0))),
    };
  });
}

/** All parts of an answer, and what reading failed with. */
export function decodeAll(
  decoder: Decoder,
  chunks: readonly Uint8Array[],
): { parts: Part[]; failure: BatchError | undefined } {
  const parts: Part[] = [];
  try {
    for (const chunk of chunks) for (const part of decoder.write(chunk)) parts.push(part);
    for (const part of decoder.end()) parts.push(part);
  } catch (error) {
    if (!(error instanceof BatchError)) throw error;
    return { parts, failure: error };
  }
  return { parts, failure: undefined };
}

/** What a part says, its body read for an operation. */
export function told(part: Part, operation: Operation): object {
  const { index, status, headers } = part;
  return { index, status, headers, body: part.readBody(operation) };
}

/**
 * Reads a JSON batch as a strict server would (OData 4.01 JSON Format §19.1, protocol C2): an error at the first thing
 * that is not as it must be. A body that is JSON comes as its text, any other as the string that stands for it.
 */
export function sentInJson({ headers, body }: BatchRequest): (SentOperation & {
  readonly dependsOn: readonly string[];
})[] {
  if (headers["Content-Type"] !== "application/json") throw new Error("not of the type it must be");
  const batch = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as {
    requests: Record<string, unknown>[];
  };
  if (Object.keys(batch).join() !== "requests") throw new Error("more members than there must be");
  return batch.requests.map((request) => {
    const { id, method, url, headers = {}, body, dependsOn = [], ...others } = request;
    if (Object.keys(others).length > 0) throw new Error("more members than there must be");
    return {
      contentId: id as string,
      method: method as string,
      target: url as string,
      headers: headers as Record<string, string>,
      body: body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body),
      dependsOn: dependsOn as string[],
    };
  });
}
