/** Where the rest of an answer is, as OData 2 to 4.01 say it. */
export interface Links {
  /** The next page. */
  readonly next: string | undefined;
  /** What has changed since, when this is the last page. */
  readonly delta: string | undefined;
}

const NEXT = ["@odata.nextLink", "@nextLink", "odata.nextLink"];
const DELTA = ["@odata.deltaLink", "@deltaLink", "odata.deltaLink"];
/** OData 4.01 URL Conventions §4: relative to this one unless it is absolute. */
const CONTEXT = ["@odata.context", "@context"];
const ABSOLUTE = /^(?:[a-z][a-z\d+.-]*:|\/)/i;
const NOT_IN_URL = /[^\x21-\x7e]+/gu;
const SURROGATE = /\p{Surrogate}/gu;

/** The links in the body of an answer, as the server sent it. */
export function linksIn(body: unknown): Links {
  const root = textAt(body, CONTEXT);
  const d = isRecord(body) ? body["d"] : undefined;
  const link = (names: readonly string[], second: string) => {
    const text = textAt(body, names) ?? textAt(d, [second]);
    return text === undefined ? undefined : whole(text, root);
  };
  return { next: link(NEXT, "__next"), delta: link(DELTA, "__delta") };
}

/** A link with letters beyond ASCII, as some services send them, means the encoded one. */
function whole(link: string, root: string | undefined): string {
  const text = link.replaceAll(
    NOT_IN_URL,
    (found) => encodeURIComponent(found.replaceAll(SURROGATE, "\ufffd")),
  );
  // A query by itself is one of the page that it stands in, whatever the context.
  const isRelative = !ABSOLUTE.test(text) && !text.startsWith("?");
  return isRelative && root !== undefined && URL.canParse(text, root)
    ? new URL(text, root).href
    : text;
}

function textAt(body: unknown, names: readonly string[]): string | undefined {
  if (!isRecord(body)) return undefined;
  for (const name of names) {
    const value = body[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
