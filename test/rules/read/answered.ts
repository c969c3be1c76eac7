import { type BatchOptions, get, type Operation, post, type Wire } from "../../../mod.ts";
import type { PlainPart } from "../../support/plain_wire.ts";
import { names, okay, Rig } from "../../support/rig.ts";

/** One batch of these, answered with these parts; what everybody was told. */
export function answered(
  operations: readonly Operation[],
  parts: readonly PlainPart[],
  options: BatchOptions & { wire?: Partial<Wire> } = {},
): Rig {
  const rig = new Rig(options);
  rig.answer = ({ number, urls }) => rig.reply(number === 0 ? parts : okay(urls));
  for (const operation of operations) rig.send(operation);
  return rig.run();
}

/** Three reads. */
export const a: Operation = get("a");
export const b: Operation = get("b");
export const c: Operation = get("c");

/** Three writes that must not run twice. */
export const unsafe: readonly Operation[] = names(3, "p").map((url) => post(url));
