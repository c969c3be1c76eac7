/** Headers, names in lower case. */
export type HeaderRecord = Readonly<Record<string, string>>;

/** One REST call as a fake server sees it, alone or inside a batch. */
export interface Call {
  /** Upper case. */
  readonly method: string;
  /** Absolute. */
  readonly url: URL;
  /** Inside a batch: those of the batch but for `Content-*`, under those of the call itself. */
  readonly headers: HeaderRecord;
  /** Empty when there is none. */
  readonly body: Uint8Array;
}

/** One call's answer. */
export interface Answer {
  /** The HTTP status. */
  readonly status: number;
  /** As they are written. */
  readonly headers: Readonly<Record<string, string>>;
  /** `undefined`: none. */
  readonly body: string | Uint8Array | undefined;
}

/** A call, or a whole batch, that the server does not take. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** The connection broke; `code` is what Node calls it. */
export class ConnectionBroken extends Error {
  readonly code: "ECONNRESET" | "ECONNREFUSED" | "ENOTFOUND";

  constructor(code: "ECONNRESET" | "ECONNREFUSED" | "ENOTFOUND") {
    super(`The connection broke: ${code}`);
    this.code = code;
  }
}

/** An answer with a JSON body. */
export function jsonAnswer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(body),
  };
}

/** OData 4.01 JSON Format §21.1. */
export function refusalAnswer(refusal: Refusal): Answer {
  const { status, code, message, headers } = refusal;
  return jsonAnswer(status, { error: { code, message } }, headers);
}

/** The statuses that a `Response` takes no body for (WHATWG Fetch, "null body status"). */
const BODILESS = [204, 205, 304];

/** As a web-standard response. */
export function responseOf(answer: Answer): Response {
  const { status, headers, body } = answer;
  return new Response(BODILESS.includes(status) ? null : (body as BodyInit | undefined) ?? null, {
    status,
    statusText: reasonOf(status),
    headers,
  });
}

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No Content",
  304: "Not Modified",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  424: "Failed Dependency",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** What stands behind the status in a status line. */
export function reasonOf(status: number): string {
  return REASONS[status] ?? "Unknown Status Code";
}
