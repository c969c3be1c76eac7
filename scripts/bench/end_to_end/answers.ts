import { Buffer } from "node:buffer";

/** What every operation is answered with: a message in the few properties that a list shows, 300 bytes. */
export const MESSAGE: string = JSON.stringify({
  "@odata.etag": 'W/"CQAAABYAAABmtrZmtrZmtrZmtrZmtrZmAAAAAAE7"',
  Id: "AAMkAGI2THVSAAA-".repeat(4),
  Subject: "Minutes of the meeting on the third floor",
  From: { EmailAddress: { Name: "Rufus Miller", Address: "rufus@contoso.com" } },
  ReceivedDateTime: "2024-05-17T09:30:00Z",
  IsRead: true,
});

const BOUNDARY = "batchresponse_5d2cbe1a-4a1e-4c0c-9d3c-6f4b7d1f0a11";
const PART_TYPE = "application/json; odata.metadata=minimal";
/** Both services allow 20 in a batch. */
const MAX_PARTS = 20;

/** Answers to single requests and to batches of 0 to 20 operations, made once, heads and all. */
export const SINGLE: Buffer = answer(PART_TYPE, MESSAGE);
export const MULTIPART: readonly Buffer[] = upTo((count) =>
  answer(`multipart/mixed; boundary=${BOUNDARY}`, multipart(count))
);
export const JSON_BATCHES: readonly Buffer[] = upTo((count) =>
  answer("application/json", jsonBatch(count))
);

function upTo(make: (count: number) => Buffer): readonly Buffer[] {
  return Array.from({ length: MAX_PARTS + 1 }, (_, count) => make(count));
}

function answer(contentType: string, body: string): Buffer {
  return Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: ${contentType}\r\nContent-Length: ${
      Buffer.byteLength(body)
    }\r\n\r\n${body}`,
  );
}

function multipart(count: number): string {
  let text = "";
  for (let id = 1; id <= count; id++) {
    text += `--${BOUNDARY}\r\nContent-Type: application/http\r\n` +
      `Content-Transfer-Encoding: binary\r\nContent-ID: ${id}\r\n\r\n` +
      `HTTP/1.1 200 OK\r\nContent-Type: ${PART_TYPE}\r\n\r\n${MESSAGE}\r\n`;
  }
  return `${text}--${BOUNDARY}--\r\n`;
}

function jsonBatch(count: number): string {
  const responses = Array.from(
    { length: count },
    (_, at) =>
      `{"id":"${
        at + 1
      }","status":200,"headers":{"Content-Type":"application/json"},"body":${MESSAGE}}`,
  );
  return `{"responses":[${responses.join(",")}]}`;
}
