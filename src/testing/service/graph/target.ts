import { Refusal } from "../../http/http.ts";
import { decodedSegment, segmentsOf } from "../../http/routes.ts";

/** Where a Graph URL leads. */
export interface GraphTarget {
  /** `v1.0` or `beta`. */
  readonly version: string;
  /** Whose: `undefined` for whatever belongs to the tenant. */
  readonly owner: { readonly user: string | undefined } | undefined;
  /** What comes after the owner, or after the version, decoded. */
  readonly path: readonly string[];
}

/** @throws {Refusal} 404 when the path is none of Graph's, 400 when it cannot be read */
export function graphTargetOf(url: URL): GraphTarget {
  const [version = "", ...rest] = url.pathname.slice(1).split("/");
  const known = version.toLowerCase();
  if (known !== "v1.0" && known !== "beta") {
    throw new Refusal(400, "BadRequest", "Invalid version: this server serves /v1.0/ and /beta/.");
  }
  const [first = "", second = ""] = rest.map(decodedSegment);
  if (/^me$/i.test(first)) {
    return { version: known, owner: { user: undefined }, path: pathIn(rest.slice(1)) };
  }
  const keyed = /^(?:users|groups)\('(.+)'\)$/i.exec(first)?.[1];
  if (keyed !== undefined) {
    const user = keyed.replaceAll("''", "'");
    return { version: known, owner: { user }, path: pathIn(rest.slice(1)) };
  }
  if (/^(?:users|groups)$/i.test(first) && second !== "" && !second.startsWith("$")) {
    return { version: known, owner: { user: second }, path: pathIn(rest.slice(2)) };
  }
  return { version: known, owner: undefined, path: pathIn(rest) };
}

function pathIn(segments: readonly string[]): readonly string[] {
  return segmentsOf(segments.join("/"));
}
