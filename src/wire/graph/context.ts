/** The lane of everything that is neither a user's nor a group's. */
export const TENANT = "tenant";

const ME_OR_OWNER =
  /^(?:(me)|(users|groups)(?:(?:\(|%28)(?:'|%27)([^/?\\]+?)(?:'|%27)(?:\)|%29)|\/([^/?\\]+)))(?=[/?]|$)/i;
/** `users/delta` and its like are functions of the whole collection. */
const COLLECTION_FUNCTION =
  /^(?:\$.*|(?:microsoft\.)?graph\..*|delta(?:\(.*)?|getByIds|validateProperties|getAvailableExtensionProperties|getUserOwnedObjects)$/i;
/** Letter case does not count in these; any other id is taken as it is. */
const FOLDED = /@|^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

const CONTROL = /\p{Cc}/u;

/** The context at the beginning of a path. */
export interface NamedContext {
  /** One spelling for all that mean the same: `me`, `users/rufus@contoso.com`, `groups/…`. */
  readonly name: string;
  /** How many characters of the path name it. */
  readonly length: number;
  /** The id holds a control character, decoded: it could spell what stands for something else. */
  readonly isUnsafe: boolean;
}

/**
 * Reads the context at the beginning of a path.
 *
 * @param path what follows the version and its slash
 * @returns `undefined` when the path does not begin with a context
 */
export function readGraphContext(path: string): NamedContext | undefined {
  const match = ME_OR_OWNER.exec(path);
  if (match === null) return undefined;
  const [{ length }, me, collection, quoted, bare] = match;
  if (me !== undefined) return { name: "me", length, isUnsafe: false };
  const id = quoted === undefined ? decoded(bare!) : decoded(quoted)?.replaceAll("''", "'");
  if (id === undefined || (bare !== undefined && COLLECTION_FUNCTION.test(id))) return undefined;
  return {
    name: `${collection!.toLowerCase()}/${FOLDED.test(id) ? id.toLowerCase() : id}`,
    length,
    isUnsafe: CONTROL.test(id),
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
