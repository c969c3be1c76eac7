import { Context } from "effect";

/** Does the layer store messages so that they outlive the process? Then clients have theirs stored, unless told otherwise. */
export const Durable: Context.Reference<boolean> = Context.Reference<boolean>(
  "@rxbatch/rxbatch/cluster/Durable",
  { defaultValue: () => true },
);
