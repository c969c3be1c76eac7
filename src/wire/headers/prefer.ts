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

/** What a batch prefers as a whole (OData 4.01 Protocol §8.2.8.3, §8.2.8.8). */
const OF_BATCH = /^(?:(?:odata\.)?continue-on-error|respond-async)$/i;

/** The preferences without those that only a batch as a whole can have; empty when there are no others. */
export function preferencesForParts(preferences: string): string {
  const all = [...preferences.matchAll(PREFERENCE)];
  const ofParts = all.filter(([, name]) => !OF_BATCH.test(name!));
  return ofParts.length === all.length
    ? preferences
    : ofParts.map(([preference]) => preference.trim()).join(", ");
}
