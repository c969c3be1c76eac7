/** One preference: its name, and whatever follows up to a comma outside quotes (RFC 7240 §2). */
const PREFERENCE = /([^\s,;="]+)(?:"(?:[^"\\]|\\.)*"|[^,"])*/g;

/**
 * `Prefer` is a list: what the options prefer stands beside what the operation prefers, unless that names the same.
 *
 * @param own of the operation
 * @param others of the options
 * @returns the value of the operation's header
 */
export function joinedPreferences(own: string, others: string): string {
  const named = new Set([...own.matchAll(PREFERENCE)].map(([, name]) => name!.toLowerCase()));
  const added = [...others.matchAll(PREFERENCE)]
    .filter(([, name]) => !named.has(name!.toLowerCase()))
    .map(([preference]) => preference.trim());
  return [own, ...added].filter((text) => text !== "").join(", ");
}
