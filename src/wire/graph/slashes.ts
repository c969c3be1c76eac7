const ENCODED_SLASH = /^[^?]*%2f/i;
/** In a path: an encoded slash, the beginning and the end of a drive's path; the query at once. */
const SLASHES = /%2f|:\/?|\?.*/gi;

/** Graph decodes a path twice, so a slash of an id arrives only if it is encoded as often; within a drive's path none can be one. */
export function keepingSlashes(path: string): string {
  if (!ENCODED_SLASH.test(path)) return path;
  let isDrivePath = false;
  return path.replaceAll(SLASHES, (found) => {
    if (found.startsWith("%")) return isDrivePath ? found : "%252F";
    isDrivePath = !isDrivePath && found === ":/";
    return found;
  });
}
