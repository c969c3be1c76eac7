import { Refusal } from "../../http/http.ts";
import { decodedSegment, segmentsOf } from "../../http/routes.ts";

/** Where an Outlook URL leads. */
export interface OutlookTarget {
  /** `v2.0` or `beta`. */
  readonly version: string;
  /** `undefined`: the URL names none, as that of a beta batch. */
  readonly context: OutlookContext | undefined;
  /** What comes after the context, decoded. */
  readonly path: readonly string[];
}

/** The signed-in user, or a named one in one of three spellings. */
export interface OutlookContext {
  readonly spelling: "me" | "users('x')" | "users/'x'" | "users/x";
  /** An address or an id; `undefined` for `me`. */
  readonly user: string | undefined;
}

/** @throws {Refusal} 404 when the path is none of Outlook's, 400 when it cannot be read */
export function targetOf(url: URL): OutlookTarget {
  const [api = "", version = "", ...rest] = url.pathname.slice(1).split("/");
  const known = version.toLowerCase();
  if (api.toLowerCase() !== "api" || (known !== "v2.0" && known !== "beta")) {
    throw new Refusal(
      404,
      "ErrorInvalidUrl",
      "This server serves /api/v2.0/ and /api/beta/.",
    );
  }
  const { context, used } = contextIn(rest.map(decodedSegment));
  return { version: known, context, path: segmentsOf(rest.slice(used).join("/")) };
}

function contextIn(
  segments: readonly string[],
): { context: OutlookContext | undefined; used: number } {
  const [first = "", second = ""] = segments;
  if (/^me$/i.test(first)) return { context: { spelling: "me", user: undefined }, used: 1 };
  const keyed = /^users\('(.+)'\)$/i.exec(first)?.[1];
  if (keyed !== undefined) {
    return { context: { spelling: "users('x')", user: keyed.replaceAll("''", "'") }, used: 1 };
  }
  if (!/^users$/i.test(first) || second === "") return { context: undefined, used: 0 };
  const quoted = /^'(.+)'$/.exec(second)?.[1];
  return quoted === undefined
    ? { context: { spelling: "users/x", user: second }, used: 2 }
    : { context: { spelling: "users/'x'", user: quoted.replaceAll("''", "'") }, used: 2 };
}

/** Does the path end in `$batch`? */
export function isBatchPath(path: readonly string[]): boolean {
  return path.at(-1)?.toLowerCase() === "$batch";
}
