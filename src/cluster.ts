/**
 * Past one process: mailboxes that live in a fleet of runners, on effect's cluster (effect 4.1 and later). Whatever one
 * process can do with a `Batcher` many can do with `clusterBatcher`: one runner at a time sends for a mailbox, so limits
 * and order hold for all of them, and what was marked before it left is never sent twice.
 *
 * @module
 */
export { type ClusterBatcher, clusterBatcher } from "./cluster/client/cluster_batcher.ts";
export type { ClusterEvent } from "./cluster/client/events.ts";
export type { MailboxHandle } from "./cluster/client/handle.ts";
export type { ClusterOptions } from "./cluster/client/options.ts";
export { embedded, type EmbeddedOptions } from "./cluster/fleet/embedded.ts";
export { FolderError } from "./cluster/fleet/folder_error.ts";
export {
  type Journal,
  type JournalEntry,
  JournalError,
  type JournalKey,
  type Mark,
  type Outdated,
  type Report,
  type Settlement,
  type Taken,
} from "./cluster/journal/journal.ts";
export { type Fate, settleByHand } from "./cluster/journal/by_hand.ts";
export { memoryJournal } from "./cluster/journal/memory.ts";
export { sqlJournal } from "./cluster/journal/sql.ts";
export type { Seal } from "./cluster/message/seal.ts";
export type { MailboxState } from "./cluster/runner/entity.ts";
export { mailboxLayer } from "./cluster/runner/mailbox_layer.ts";
export type { MailboxLayerOptions } from "./cluster/runner/options.ts";
