import { itemNotFound, type ResourceCall, type Vocabulary } from "./resource_call.ts";
import type { Mailbox, StoredItem } from "./store.ts";

/** The folders that every mailbox has. */
export const WELL_KNOWN_FOLDERS: readonly string[] = [
  "Inbox",
  "Drafts",
  "Sent Items",
  "Deleted Items",
];

/** By id, or by a well-known name such as `sentitems`; `undefined` when there is none. */
export function findFolder(
  mailbox: Mailbox,
  vocabulary: Vocabulary,
  name: string,
): StoredItem | undefined {
  const folders = mailbox.collection("mailfolders");
  const wanted = WELL_KNOWN_FOLDERS.find((known) =>
    known.replace(" ", "").toLowerCase() === name.toLowerCase()
  );
  return folders.get(name) ??
    folders.list().find((folder) =>
      wanted !== undefined && folder.properties[vocabulary.property("DisplayName")] === wanted
    );
}

/** The folder's id; refused when there is none. */
export function folderId({ mailbox, vocabulary }: ResourceCall, name: string): string {
  const folder = findFolder(mailbox, vocabulary, name);
  if (folder === undefined) throw itemNotFound();
  return folder.id;
}
