import { Buffer } from "node:buffer";

/** Answers to single requests and to batches of 0 to 20 operations, made once, heads and all. */
export interface Answers {
  readonly single: Buffer;
  readonly multipart: readonly Buffer[];
  readonly jsonBatches: readonly Buffer[];
}

/** A message in the few properties that a list shows. */
const FEW = {
  "@odata.etag": 'W/"CQAAABYAAABmtrZmtrZmtrZmtrZmtrZmAAAAAAE7"',
  Id: "AAMkAGI2THVSAAA-".repeat(4),
  Subject: "Minutes of the meeting on the third floor",
  From: { EmailAddress: { Name: "Rufus Miller", Address: "rufus@contoso.com" } },
  ReceivedDateTime: "2024-05-17T09:30:00Z",
  IsRead: true,
};
/** What a list shows besides, if nothing is selected; the preview takes what is left of the size. */
const MORE = {
  ConversationId: "AAQkAGI2THVSABAAiQ-".repeat(4),
  Importance: "Normal",
  Categories: ["Red category", "Building"],
  HasAttachments: false,
  SentDateTime: "2024-05-17T09:29:41Z",
  ToRecipients: [{ EmailAddress: { Name: "Dana Swope", Address: "danas@contoso.com" } }],
  CcRecipients: [],
  WebLink: "https://outlook.office365.com/owa/?ItemID=AAMkAGI2THVSAAA%3D&exvsurl=1",
};
const PREVIEW = "We went through the list of open points, floor by floor. ";

const BOUNDARY = "batchresponse_5d2cbe1a-4a1e-4c0c-9d3c-6f4b7d1f0a11";
const PART_TYPE = "application/json; odata.metadata=minimal";
/** Both services allow 20 in a batch. */
const MAX_PARTS = 20;

/** All of them with messages of so many bytes. */
export function answersOf(bytes: number): Answers {
  const message = messageOf(bytes);
  return {
    single: answer(PART_TYPE, message),
    multipart: upTo((count) =>
      answer(`multipart/mixed; boundary=${BOUNDARY}`, multipart(count, message))
    ),
    jsonBatches: upTo((count) => answer("application/json", jsonBatch(count, message))),
  };
}

function messageOf(bytes: number): string {
  const few = JSON.stringify(FEW);
  if (few.length >= bytes) return few;
  const more = { ...FEW, ...MORE, BodyPreview: "" };
  const rest = Math.max(0, bytes - JSON.stringify(more).length);
  const BodyPreview = PREVIEW.repeat(Math.ceil(rest / PREVIEW.length)).slice(0, rest);
  return JSON.stringify({ ...more, BodyPreview });
}

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

function multipart(count: number, message: string): string {
  let text = "";
  for (let id = 1; id <= count; id++) {
    text += `--${BOUNDARY}\r\nContent-Type: application/http\r\n` +
      `Content-Transfer-Encoding: binary\r\nContent-ID: ${id}\r\n\r\n` +
      `HTTP/1.1 200 OK\r\nContent-Type: ${PART_TYPE}\r\n\r\n${message}\r\n`;
  }
  return `${text}--${BOUNDARY}--\r\n`;
}

function jsonBatch(count: number, message: string): string {
  const responses = Array.from(
    { length: count },
    (_, at) =>
      `{"id":"${
        at + 1
      }","status":200,"headers":{"Content-Type":"application/json"},"body":${message}}`,
  );
  return `{"responses":[${responses.join(",")}]}`;
}
