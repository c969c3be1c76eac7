import {
  bytes,
  date,
  type Entity,
  entity,
  type Field,
  flag,
  list,
  number,
  oneOf,
  selected,
  text,
} from "./field.ts";
import { Recipient } from "./people.ts";
import type { Selected } from "./shape.ts";

/** The text of a message or an event. */
export type ItemBody = Selected<{
  /** How to read `Content`. */
  ContentType: "Text" | "HTML";
  /** The text. */
  Content: string;
}>;

/** The text of a message or an event. */
export const ItemBody: Field<ItemBody> = selected<ItemBody>({
  ContentType: oneOf("Text", "HTML"),
  Content: text,
});

/** A file, an item or a link that hangs on a message or an event. */
export type Attachment =
  & Entity
  & Selected<{
    /** The name that is shown. */
    Name: string;
    /** Its media type. */
    ContentType: string;
    /** Its size in bytes. */
    Size: number;
    /** Is it shown within the text? */
    IsInline: boolean;
    /** When it was last changed. */
    LastModifiedDateTime: Date;
    /** What the text calls it: `cid:…`. */
    ContentId: string;
    /** The bytes of a file; base64 in JSON. */
    ContentBytes: Uint8Array;
  }>;

/** A file, an item or a link that hangs on a message or an event. */
export const Attachment: Field<Attachment> = entity<Attachment>({
  Name: text,
  ContentType: text,
  Size: number,
  IsInline: flag,
  LastModifiedDateTime: date,
  ContentId: text,
  ContentBytes: bytes,
});

/** A message. */
export type Message =
  & Entity
  & Selected<{
    /** What it is about. */
    Subject: string;
    /** The first 255 characters of the text. */
    BodyPreview: string;
    /** The text. */
    Body: ItemBody;
    /** Whose mailbox it was sent from. */
    From: Recipient;
    /** Who really sent it. */
    Sender: Recipient;
    /** To. */
    ToRecipients: readonly Recipient[];
    /** Cc. */
    CcRecipients: readonly Recipient[];
    /** Bcc. */
    BccRecipients: readonly Recipient[];
    /** Whom to answer. */
    ReplyTo: readonly Recipient[];
    /** How important it is. */
    Importance: "Low" | "Normal" | "High";
    /** Is it in the Focused Inbox? */
    InferenceClassification: "Focused" | "Other";
    /** The names of its categories. */
    Categories: readonly string[];
    /** What it belongs to. */
    ConversationId: string;
    /** The folder that it is in. */
    ParentFolderId: string;
    /** The Message-ID of RFC 5322. */
    InternetMessageId: string;
    /** Has it been read? */
    IsRead: boolean;
    /** Is it not sent yet? */
    IsDraft: boolean;
    /** Was a receipt asked for when it is read? */
    IsReadReceiptRequested: boolean;
    /** Was a receipt asked for when it is delivered? */
    IsDeliveryReceiptRequested: boolean;
    /** Does something hang on it, apart from what is shown within the text? */
    HasAttachments: boolean;
    /** What hangs on it; with `$expand` only. */
    Attachments: readonly Attachment[];
    /** When it was made. */
    CreatedDateTime: Date;
    /** When it was last changed. */
    LastModifiedDateTime: Date;
    /** When it came. */
    ReceivedDateTime: Date;
    /** When it was sent. */
    SentDateTime: Date;
    /** Changes with every change. */
    ChangeKey: string;
    /** Opens it in Outlook on the web. */
    WebLink: string;
  }>;

/** A message. */
export const Message: Field<Message> = entity<Message>({
  Subject: text,
  BodyPreview: text,
  Body: ItemBody,
  From: Recipient,
  Sender: Recipient,
  ToRecipients: list(Recipient),
  CcRecipients: list(Recipient),
  BccRecipients: list(Recipient),
  ReplyTo: list(Recipient),
  Importance: oneOf("Low", "Normal", "High"),
  InferenceClassification: oneOf("Focused", "Other"),
  Categories: list(text),
  ConversationId: text,
  ParentFolderId: text,
  InternetMessageId: text,
  IsRead: flag,
  IsDraft: flag,
  IsReadReceiptRequested: flag,
  IsDeliveryReceiptRequested: flag,
  HasAttachments: flag,
  Attachments: list(Attachment),
  CreatedDateTime: date,
  LastModifiedDateTime: date,
  ReceivedDateTime: date,
  SentDateTime: date,
  ChangeKey: text,
  WebLink: text,
});

/** A folder of messages. */
export type MailFolder =
  & Entity
  & Selected<{
    /** The name that is shown. */
    DisplayName: string;
    /** The folder that it is in. */
    ParentFolderId: string;
    /** How many folders are in it. */
    ChildFolderCount: number;
    /** How many messages are in it. */
    TotalItemCount: number;
    /** How many of them have not been read. */
    UnreadItemCount: number;
  }>;

/** A folder of messages. */
export const MailFolder: Field<MailFolder> = entity<MailFolder>({
  DisplayName: text,
  ParentFolderId: text,
  ChildFolderCount: number,
  TotalItemCount: number,
  UnreadItemCount: number,
});
