import type { MailboxState } from "../runner/entity.ts";

/**
 * One mailbox, in the hands of an operator; each of these answers with what it has in hand then, or rejects with a
 * `ClosedError` when the batcher is closed, or closes meanwhile.
 */
export interface MailboxHandle {
  /** How much waits there, and for how long. */
  look(): Promise<MailboxState>;
  /** Sends nothing any more, not even after a restart of its runner; what is out is answered, what comes waits. */
  pause(): Promise<MailboxState>;
  /** Sends again, in the order in which operations came. */
  resume(): Promise<MailboxState>;
  /** Pauses for what comes, and resolves when everything that was there has ended. */
  drain(): Promise<MailboxState>;
}
