import { TransportError } from "../../../mod.ts";
import type { PlainPart } from "../../support/plain_wire.ts";
import { okay, Rig, type RigOptions, type SentBatch } from "../../support/rig.ts";

/** How one batch is answered. */
export type FirstAnswer = (rig: Rig, batch: SentBatch) => ReturnType<Rig["answer"]>;

/** A rig whose first answers are these, and the rest fine. */
export function rigWith(first: readonly FirstAnswer[], options: RigOptions = {}): Rig {
  const rig = new Rig(options);
  rig.answer = (batch) => first[batch.number]?.(rig, batch) ?? rig.reply(okay(batch.urls));
  return rig;
}

/** Every part of the batch with this status. */
export function parts(status: number, headers: Record<string, string> = {}): FirstAnswer {
  return (rig, { urls }) =>
    rig.reply(urls.map((_, index): PlainPart => ({ index, status, headers })));
}

/** The POST itself with this status. */
export function outer(
  status: number,
  headers: Record<string, string> = {},
  text = "<html>",
): FirstAnswer {
  return (rig) => rig.reply(text, { status, headers });
}

/** No answer: it may have run. */
export const reset: FirstAnswer = (rig) => rig.failing(new Error("reset"));

/** It surely did not run. */
export const refusedConnection: FirstAnswer = (rig) =>
  rig.failing(new TransportError("Cannot connect", { sent: false }));
