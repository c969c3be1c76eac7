import type { Part } from "../../../src/wire/wire.ts";
import { ByteSearch } from "../../../src/mime/multipart/byte_search.ts";
import { readHttpAnswer } from "../../../src/mime/http/message.ts";
import { DEFAULT_LIMITS } from "../../../src/mime/limits.ts";
import { type MimePart, MultipartReader } from "../../../src/mime/multipart/reader.ts";
import { get } from "../../../src/operation/make.ts";
import { outlookWire } from "../../../src/wire/outlook/outlook.ts";
import type { ReadCase } from "./cases.ts";

/** One run; gives something that depends on all of the work. */
export type Run = () => unknown | Promise<unknown>;

/** Makes a candidate ready for a case. */
export type Prepare<Case> = (one: Case) => Run | Promise<Run>;

/** Status, headers and the octets of each body in one array; no values. Peers read no heads of answers. */
export const FRAMING: Readonly<Record<string, Prepare<ReadCase>>> = {
  "boundary scan (floor)": ({ boundary, chunks }) => {
    const search = new ByteSearch(`--${boundary}`);
    return () => {
      let found = 0;
      for (const chunk of chunks) {
        for (let at = search.find(chunk, 0); at !== -1; at = search.find(chunk, at + 1)) found++;
      }
      return found;
    };
  },
  rxbatch: ({ boundary, chunks }) => () => {
    const reader = new MultipartReader(boundary);
    let bytes = 0;
    const take = (parts: Iterable<MimePart>) => {
      for (const part of parts) {
        const answer = readHttpAnswer(part.body, DEFAULT_LIMITS.maxPartHeaderBytes);
        bytes += answer.status + answer.body.joined().length;
      }
    };
    for (const chunk of chunks) take(reader.write(chunk));
    take(reader.end());
    return bytes;
  },
  "@remix-run/multipart-parser": async ({ boundary, chunks }) => {
    const { MultipartParser } = await import("@remix-run/multipart-parser");
    return () => {
      const parser = new MultipartParser(boundary, { maxFileSize: 2 ** 30, maxTotalSize: 2 ** 30 });
      let bytes = 0;
      for (const chunk of chunks) {
        for (const part of parser.write(chunk)) bytes += part.bytes.length;
      }
      parser.finish();
      return bytes;
    };
  },
  dicer: async ({ boundary, chunks }) => {
    const { default: Dicer } = await import("dicer");
    const { Buffer } = await import("node:buffer");
    const buffers = chunks.map((chunk) =>
      Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    );
    return () =>
      new Promise((resolve, reject) => {
        const dicer = new Dicer({ boundary });
        let bytes = 0;
        dicer.on("part", (part) => {
          const pieces: Uint8Array[] = [];
          part.on("data", (piece: Uint8Array) => pieces.push(piece));
          part.on("end", () => bytes += Buffer.concat(pieces).length);
        });
        dicer.on("finish", () => resolve(bytes));
        dicer.on("error", reject);
        for (const buffer of buffers) dicer.write(buffer);
        dicer.end();
      });
  },
  "text and split()": ({ boundary, chunks }) => () => {
    const text = textOf(chunks);
    return text.split(`\r\n--${boundary}`).map((part) => part.indexOf("\r\n\r\n") + 4);
  },
};

/** Status, headers and parsed body of every answer. */
export const VALUES: Readonly<Record<string, Prepare<ReadCase>>> = {
  "JSON.parse of the same bodies": ({ bodies }) => {
    const decoder = new TextDecoder();
    return () => bodies.map((body) => JSON.parse(decoder.decode(body)));
  },
  rxbatch: ({ boundary, chunks, bodies }) => {
    const wire = outlookWire();
    const operations = bodies.map(() => get("messages"));
    const head = {
      status: 200,
      headers: { "content-type": `multipart/mixed; boundary=${boundary}` },
    };
    return () => {
      const decoder = wire.decoder(head, operations)!;
      const values: unknown[] = [];
      const take = (parts: Iterable<Part>) => {
        for (const part of parts) values.push(part.readBody(operations[values.length]!));
      };
      for (const chunk of chunks) take(decoder.write(chunk));
      take(decoder.end());
      return values;
    };
  },
  "@sap-cloud-sdk/odata-common": async ({ boundary, chunks }) => {
    const { parseBatchResponse } = await import("@sap-cloud-sdk/odata-common/internal.js");
    const headers = { "content-type": `multipart/mixed; boundary=${boundary}` };
    const response = { status: 200, headers, request: undefined };
    return () => parseBatchResponse({ ...response, data: textOf(chunks) });
  },
  "text and split()": ({ boundary, chunks }) => () => {
    const parts = textOf(chunks).split(`\r\n--${boundary}`);
    return parts.slice(0, -1).map((part) => {
      const body = part.indexOf("\r\n\r\n", part.indexOf("\r\n\r\n") + 4);
      return JSON.parse(part.slice(body + 4));
    });
  },
};

function textOf(chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  let text = "";
  for (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}
