const DIGIT_0 = 48;

/**
 * The place in the batch, from 0, that an id names; the ids of a batch are "1" to "n".
 *
 * @param id as the answer has it, in angle brackets or not; nothing when the part carries none
 * @param operationCount how many operations the batch carried
 * @returns the place; -1 for an id that was never sent; `undefined` without an id
 */
export function indexOfId(id: string | undefined, operationCount: number): number | undefined {
  if (id === undefined || id === "") return undefined;
  const isBracketed = id.startsWith("<") && id.endsWith(">");
  const end = isBracketed ? id.length - 1 : id.length;
  let number = 0;
  for (let at = isBracketed ? 1 : 0; at < end; at++) {
    const digit = id.charCodeAt(at) - DIGIT_0;
    if (digit < 0 || digit > 9 || (number === 0 && digit === 0)) return -1;
    number = number * 10 + digit;
    // Whatever follows, it only grows.
    if (number > operationCount) return -1;
  }
  return number - 1;
}
