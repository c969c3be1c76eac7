/**
 * The place in the batch, from 0, that an id names; the ids of a batch are "1" to "n".
 *
 * @param id as the answer has it, in angle brackets or not; nothing when the part carries none
 * @param operationCount how many operations the batch carried
 * @returns the place; -1 for an id that was never sent; `undefined` without an id
 */
export function indexOfId(id: string | undefined, operationCount: number): number | undefined {
  if (id === undefined || id === "") return undefined;
  const digits = /^(?:<([1-9]\d{0,8})>|([1-9]\d{0,8}))$/.exec(id);
  if (digits === null) return -1;
  const number = Number(digits[1] ?? digits[2]);
  return number <= operationCount ? number - 1 : -1;
}
