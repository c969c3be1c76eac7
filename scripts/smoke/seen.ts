/** What was seen of one answer within a batch. No text of the service is kept, but for codes and a few headers. */
export interface SeenPart {
  readonly id: string | undefined;
  readonly status: number;
  readonly headers: SeenHeaders;
  /** The code of its error. */
  readonly code: string | undefined;
  readonly body: "none" | "JSON" | "base64" | "text";
  /** Where the link to the next page leads. */
  readonly nextLink: "same service" | "elsewhere" | undefined;
}

/** The names as they were written, and the values of those that hold no secret. */
export interface SeenHeaders {
  readonly names: readonly string[];
  readonly values: Readonly<Record<string, string>>;
}

/** One request of a batch. */
export interface SentPart {
  readonly id: string;
  readonly dependsOn: readonly string[];
}

/** One POST to `$batch`, or one request alone. */
export interface Exchange {
  /** Which probe it belongs to. */
  readonly probe: string;
  /** Empty of a request alone. */
  readonly sent: readonly SentPart[];
  readonly status: number;
  readonly headers: SeenHeaders;
  /** `undefined` when there was no batch answer. */
  readonly parts: readonly SeenPart[] | undefined;
}

const TOLD =
  /^(?:content-type|content-encoding|transfer-encoding|cache-control|retry-after|odata-version|ratelimit.*|x-ms-throttle-.*|x-ms-resource-unit)$/i;
const CODE = /^[\w.]{1,60}$/;
const BASE64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

/** Reads the ids of a batch that was sent. */
export function sentIn(body: Uint8Array): readonly SentPart[] {
  const { requests } = JSON.parse(new TextDecoder().decode(body)) as {
    readonly requests: readonly { readonly id: string; readonly dependsOn?: readonly string[] }[];
  };
  return requests.map(({ id, dependsOn = [] }) => ({ id, dependsOn }));
}

/**
 * Reads the answers of a batch.
 *
 * @param body as it came
 * @param baseUrl of the service, to which links should lead
 * @returns what was seen, in the order of the answer; `undefined` when it is no batch answer
 */
export function partsIn(body: Uint8Array, baseUrl: string): readonly SeenPart[] | undefined {
  const responses = membersOf(parsed(body))["responses"];
  if (!Array.isArray(responses)) return undefined;
  return responses.map((one) => {
    const { id, status, headers, body } = membersOf(one);
    const { error, "@odata.nextLink": nextLink } = membersOf(body);
    const { code } = membersOf(error);
    return {
      id: typeof id === "string" ? id : undefined,
      status: typeof status === "number" ? status : Number.NaN,
      headers: seenHeaders(membersOf(headers)),
      code: codeOf(code),
      body: kindOf(body),
      nextLink: typeof nextLink === "string" ? placeOf(nextLink, baseUrl) : undefined,
    };
  });
}

/** Keeps the names, and the values of those that are known to hold no secret. */
export function seenHeaders(headers: Readonly<Record<string, unknown>>): SeenHeaders {
  const told = Object.entries(headers).filter(([name]) => TOLD.test(name));
  return {
    names: Object.keys(headers),
    values: Object.fromEntries(told.map(([name, value]) => [name.toLowerCase(), String(value)])),
  };
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === "object" && value !== null;
  return isObject ? value as Readonly<Record<string, unknown>> : {};
}

/** A code is a word; what is none may be anybody's text. */
function codeOf(code: unknown): string | undefined {
  if (typeof code !== "string") return undefined;
  return CODE.test(code) ? code : `a code of ${code.length} characters`;
}

function kindOf(body: unknown): SeenPart["body"] {
  if (body === undefined || body === null) return "none";
  if (typeof body !== "string") return "JSON";
  return BASE64.test(body) && !/^\d+$/.test(body) ? "base64" : "text";
}

function placeOf(link: string, baseUrl: string): SeenPart["nextLink"] {
  return link.startsWith(baseUrl) ? "same service" : "elsewhere";
}
