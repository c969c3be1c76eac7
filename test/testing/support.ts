import type { FakeService } from "../../src/testing.ts";

/** The pieces of one operation, as a test writes them. */
export interface Piece {
  readonly method?: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly id?: string;
  /** Part headers in place of the two that are asked for. */
  readonly part?: readonly string[];
}

export const BOUNDARY = "batch_test";
export const ME = "https://outlook.office.com/api/v2.0/me/$batch";

/** The bytes of protocol A3. */
export function multipart(pieces: readonly Piece[]): string {
  const parts = pieces.map(({ method = "GET", url, headers = {}, body = "", id, part }) =>
    [
      `--${BOUNDARY}`,
      ...part ?? ["Content-Type: application/http", "Content-Transfer-Encoding: binary"],
      ...(id === undefined ? [] : [`Content-ID: ${id}`]),
      "",
      `${method} ${url} HTTP/1.1`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      "",
      body,
      "",
    ].join("\r\n")
  );
  return `${parts.join("")}--${BOUNDARY}--\r\n`;
}

/** A call that makes a message. */
export function creation(subject: string, more: Partial<Piece> = {}): Piece {
  return {
    method: "POST",
    url: "messages",
    body: JSON.stringify({ Subject: subject }),
    ...more,
    headers: { "Content-Type": "application/json", ...more.headers },
  };
}

export interface PostOptions {
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  readonly fetch?: FakeService["fetch"];
}

/** Posts these operations, or this body, as a batch. */
export function post(
  fake: FakeService,
  content: readonly Piece[] | string,
  { url = ME, headers = {}, signal, fetch = fake.fetch }: PostOptions = {},
): Promise<Response> {
  const all = {
    Authorization: `Bearer ${fake.token}`,
    "Content-Type": `multipart/mixed; boundary=${BOUNDARY}`,
    ...headers,
  };
  const init: RequestInit = {
    method: "POST",
    headers: Object.entries(all).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as [string, string]]
    ),
    body: typeof content === "string" ? content : multipart(content),
  };
  if (signal !== undefined) init.signal = signal;
  return fetch(url, init);
}

/** One part of an answer. */
export interface ReadPart {
  readonly status: number;
  readonly contentId: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Takes a complete multipart answer apart. */
export async function partsOf(response: Response): Promise<ReadPart[]> {
  const boundary = /boundary=(\S+)/.exec(response.headers.get("content-type") ?? "")?.[1];
  return partsIn(await response.text(), boundary ?? "none");
}

export function partsIn(text: string, boundary: string): ReadPart[] {
  if (!text.endsWith(`--${boundary}--\r\n`)) throw new Error(`cut short: ${text}`);
  return text.split(`--${boundary}\r\n`).slice(1).map((piece) => {
    const whole = piece.replace(`--${boundary}--\r\n`, "");
    const [part = "", rest = ""] = halves(whole, "\r\n\r\n");
    const [head, body] = halves(rest.slice(0, -2), "\r\n\r\n");
    const [statusLine = "", ...lines] = head.split("\r\n").filter((line) => line !== "");
    return {
      status: Number(statusLine.split(" ")[1]),
      contentId: /^Content-ID: (.*)$/m.exec(part)?.[1],
      headers: Object.fromEntries(
        lines.map((line) => {
          const [name, value] = halves(line, ": ");
          return [name.toLowerCase(), value];
        }),
      ),
      text: body,
    };
  });
}

function halves(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** The OData error of an answer. */
export async function errorOf(response: Response): Promise<{ status: number; code: string }> {
  const { error } = await response.json() as { error: { code: string; message: string } };
  if (error.message === "") throw new Error("an error must say what is wrong");
  return { status: response.status, code: error.code };
}

/** Statuses of a complete answer. */
export async function statusesOf(response: Response): Promise<number[]> {
  return (await partsOf(response)).map(({ status }) => status);
}
