import type { Answer } from "../http/http.ts";
import { Refusal } from "../http/http.ts";
import { folderId } from "./mail_folder.ts";
import {
  answerOf,
  bodyOf,
  itemNotFound,
  memberOf,
  type ResourceCall,
  shown,
} from "./resource_call.ts";
import type { Item, StoredItem } from "./store.ts";

/** Outlook answers an action that gives nothing back with a bare status. */
const ACCEPTED: Answer = { status: 202, headers: {}, body: undefined };

/** Puts the message into Sent Items, unless the caller does not want it kept. */
export function sendMail(call: ResourceCall): Answer {
  const body = bodyOf(call);
  const message = memberOf(body, "Message");
  if (typeof message !== "object" || message === null) {
    throw new Refusal(400, "ErrorInvalidRequest", "The body must hold a Message.");
  }
  refuseWithoutRecipient(message as Item);
  if (memberOf(body, "SaveToSentItems") !== false) {
    call.mailbox.collection("messages").add(sentItem(call, message as Item));
  }
  return ACCEPTED;
}

/** Sends a draft. */
export function sendDraft(
  call: ResourceCall,
  { id = "" }: Readonly<Record<string, string>>,
): Answer {
  const draft = messageOf(call, id);
  refuseWithoutRecipient(draft.properties);
  call.mailbox.collection("messages").update(id, sentItem(call, draft.properties));
  return ACCEPTED;
}

/** Moves a message; as in Outlook it has another id in its new folder. */
export function moveMessage(
  call: ResourceCall,
  { id = "" }: Readonly<Record<string, string>>,
): Answer {
  const message = messageOf(call, id);
  const destination = memberOf(bodyOf(call), "DestinationId");
  if (typeof destination !== "string") {
    throw new Refusal(400, "ErrorInvalidRequest", "The body must hold a DestinationId.");
  }
  const folder = folderId(call, destination);
  const messages = call.mailbox.collection("messages");
  const moved = messages.add({
    ...message.properties,
    [call.vocabulary.property("ParentFolderId")]: folder,
  });
  call.mailbox.moveBelow(`messages/${id}`, `messages/${moved.id}`);
  messages.remove(id);
  return answerOf(call, 201, shown(call, "Messages", moved));
}

function messageOf(call: ResourceCall, id: string): StoredItem {
  const message = call.mailbox.collection("messages").get(id);
  if (message === undefined) throw itemNotFound();
  return message;
}

function sentItem(call: ResourceCall, message: Item): Item {
  const { property } = call.vocabulary;
  return {
    ...message,
    [property("IsDraft")]: false,
    [property("ParentFolderId")]: folderId(call, "sentitems"),
    [property("SentDateTime")]: new Date(call.now).toISOString(),
  };
}

function refuseWithoutRecipient(message: Item): void {
  const recipients = ["ToRecipients", "CcRecipients", "BccRecipients"].flatMap((name) =>
    memberOf(message, name) ?? []
  );
  if (recipients.length === 0) {
    throw new Refusal(
      400,
      "ErrorInvalidRecipients",
      "At least one recipient isn't valid, or there is none.",
    );
  }
}
