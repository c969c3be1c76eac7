import type { Clock } from "../clock.ts";
import type { Strikes } from "../fault/plan.ts";
import type { Batch } from "../http/batch.ts";
import type { OpenEntry } from "../ledger.ts";
import type { Dialect, House } from "./dialect.ts";
import type { MailboxLoad } from "./mailbox_load.ts";

/** Everything that one batch needs to be carried out and answered. */
export interface BatchDesk {
  readonly dialect: Dialect;
  readonly house: House;
  readonly clock: Clock;
  readonly seed: number;
  readonly order: "any" | "request";
  readonly echoContentId: boolean;
  /** How long a mailbox works on one operation. */
  readonly workMs: number;
  readonly load: MailboxLoad;
  readonly post: number;
  readonly batch: Batch;
  /** One for each operation. */
  readonly entries: readonly OpenEntry[];
  readonly strikes: Strikes;
  /** Aborts when the client leaves, be it before the head or amid the body. */
  readonly left: AbortController;
  /** Nothing will follow; called once at least. */
  end(): void;
}
