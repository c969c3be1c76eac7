import { chunksOf, joined } from "../../../test/support/octets.ts";

/** A batch answer, and how it arrives. */
export interface ReadCase {
  readonly boundary: string;
  readonly chunks: readonly Uint8Array[];
  /** The JSON texts in it, as octets. */
  readonly bodies: readonly Uint8Array[];
}

/** One operation of a batch. */
export interface WriteCase {
  readonly operations: readonly { readonly url: string; readonly body: object | undefined }[];
}

const encoder = new TextEncoder();
const BOUNDARY = "batchresponse_caad32b6-3fa6-4346-94d0-ee98e067318a";

/** A page of messages as Outlook gives it, of about so many octets. */
function page(bytes: number, seed: number): Uint8Array {
  const value: object[] = [];
  for (let length = 0; length < bytes - 300; length += 420) {
    const id = `AAMkAGI2THVSAAA${(seed * 7919 + length).toString(36).padStart(12, "x")}=`;
    value.push({
      "@odata.id": `https://outlook.office.com/api/v2.0/Users('rufus')/Messages('${id}')`,
      Id: id,
      Subject: `Quarterly review ${length}: Grüße aus Köln`,
      BodyPreview: 'Hi,\r\n\r\nplease find the agenda below -- it is "final" now.',
      IsRead: length % 2 === 0,
      Sender: { EmailAddress: { Name: "Rufus", Address: "rufus@contoso.com" } },
      ReceivedDateTime: "2017-11-17T09:30:00Z",
    });
  }
  const context = "https://outlook.office.com/api/v2.0/$metadata#Me/Messages";
  return encoder.encode(JSON.stringify({ "@odata.context": context, value }));
}

function answer(bodies: readonly Uint8Array[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const body of bodies) {
    const head = `--${BOUNDARY}\r\nContent-Type: application/http\r\n` +
      "Content-Transfer-Encoding: binary\r\n\r\nHTTP/1.1 200 OK\r\nOData-Version: 4.0\r\n" +
      "Content-Type: application/json;odata.metadata=minimal;odata.streaming=true;" +
      "IEEE754Compatible=false;charset=utf-8\r\n\r\n";
    pieces.push(encoder.encode(head), body, encoder.encode("\r\n"));
  }
  pieces.push(encoder.encode(`--${BOUNDARY}--\r\n`));
  return joined(pieces);
}

function readCase(parts: number, bytes: number, chunkSize: number): ReadCase {
  const bodies = Array.from({ length: parts }, (_, seed) => page(bytes, seed));
  return { boundary: BOUNDARY, bodies, chunks: chunksOf(answer(bodies), chunkSize) };
}

/** What is read, by name. */
export const READ_CASES: Readonly<Record<string, () => ReadCase>> = {
  "1,000 x 88 B, whole": () => readCase(1_000, 100, Infinity),
  "20 x 1 kB, whole": () => readCase(20, 1_000, Infinity),
  "20 x 1 kB, 1 kB chunks": () => readCase(20, 1_000, 1_000),
  "20 x 10 kB, whole": () => readCase(20, 10_000, Infinity),
  "20 x 10 kB, 1 kB chunks": () => readCase(20, 10_000, 1_000),
  "20 x 100 kB, whole": () => readCase(20, 100_000, Infinity),
  "20 x 100 kB, 1 kB chunks": () => readCase(20, 100_000, 1_000),
  "1 x 10 MB, whole": () => readCase(1, 10_000_000, Infinity),
  "1 x 10 MB, 1 kB chunks": () => readCase(1, 10_000_000, 1_000),
};

/** What is written, by name. */
export const WRITE_CASES: Readonly<Record<string, () => WriteCase>> = {
  "20 GETs": () => ({
    operations: Array.from({ length: 20 }, (_, at) => ({
      url: `messages?$select=Subject,Sender,ReceivedDateTime&$top=10&$skip=${at * 10}`,
      body: undefined,
    })),
  }),
  "20 POSTs of 1 kB": () => sendMails(() => ""),
  "20 POSTs of 1 kB, 5 with a \u20ac": () =>
    sendMails((at) => at % 4 === 0 ? " For 3 \u20ac!" : ""),
};

function sendMails(extra: (at: number) => string): WriteCase {
  const operations = Array.from({ length: 20 }, (_, at) => ({
    url: "sendmail",
    body: {
      Message: {
        Subject: `Meet for lunch ${at}?${extra(at)}`,
        Body: { ContentType: "Text", Content: "The new cafeteria is open. ".repeat(32) },
        ToRecipients: [{ EmailAddress: { Address: "rufus@contoso.com" } }],
      },
    },
  }));
  return { operations };
}
