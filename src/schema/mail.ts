import { Schema } from "@effect/schema";
import { Recipient } from "./people.ts";
import { type Entity, entity, selected } from "./selected.ts";
import { type CamelCase, camelCase, type Encoded, type Selected } from "./shape.ts";

/** The text of a message or an event. */
export type ItemBody = Selected<{
  /** How to read `Content`. */
  ContentType: "Text" | "HTML";
  /** The text. */
  Content: string;
}>;

/** The text of a message or an event. */
export const ItemBody: Schema.Schema<ItemBody> = selected<ItemBody>({
  ContentType: Schema.Literal("Text", "HTML"),
  Content: Schema.String,
});

/** An {@link ItemBody} in Graph's spelling. */
export type GraphItemBody = CamelCase<ItemBody>;

/** An {@link ItemBody} in Graph's spelling. */
export const GraphItemBody: Schema.Schema<GraphItemBody> = camelCase(ItemBody);

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
export const Attachment: Schema.Schema<Attachment, Encoded<Attachment>> = entity<Attachment>({
  Name: Schema.String,
  ContentType: Schema.String,
  Size: Schema.Number,
  IsInline: Schema.Boolean,
  LastModifiedDateTime: Schema.Date,
  ContentId: Schema.String,
  ContentBytes: Schema.Uint8ArrayFromBase64,
});

/** An {@link Attachment} in Graph's spelling. */
export type GraphAttachment = CamelCase<Attachment>;

/** An {@link Attachment} in Graph's spelling. */
export const GraphAttachment: Schema.Schema<GraphAttachment, Encoded<GraphAttachment>> = camelCase(
  Attachment,
);

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
export const Message: Schema.Schema<Message, Encoded<Message>> = entity<Message>({
  Subject: Schema.String,
  BodyPreview: Schema.String,
  Body: ItemBody,
  From: Recipient,
  Sender: Recipient,
  ToRecipients: Schema.Array(Recipient),
  CcRecipients: Schema.Array(Recipient),
  BccRecipients: Schema.Array(Recipient),
  ReplyTo: Schema.Array(Recipient),
  Importance: Schema.Literal("Low", "Normal", "High"),
  InferenceClassification: Schema.Literal("Focused", "Other"),
  Categories: Schema.Array(Schema.String),
  ConversationId: Schema.String,
  ParentFolderId: Schema.String,
  InternetMessageId: Schema.String,
  IsRead: Schema.Boolean,
  IsDraft: Schema.Boolean,
  IsReadReceiptRequested: Schema.Boolean,
  IsDeliveryReceiptRequested: Schema.Boolean,
  HasAttachments: Schema.Boolean,
  Attachments: Schema.Array(Attachment),
  CreatedDateTime: Schema.Date,
  LastModifiedDateTime: Schema.Date,
  ReceivedDateTime: Schema.Date,
  SentDateTime: Schema.Date,
  ChangeKey: Schema.String,
  WebLink: Schema.String,
});

/** A {@link Message} in Graph's spelling. */
export type GraphMessage = CamelCase<Message>;

/** A {@link Message} in Graph's spelling. */
export const GraphMessage: Schema.Schema<GraphMessage, Encoded<GraphMessage>> = camelCase(Message);

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
export const MailFolder: Schema.Schema<MailFolder> = entity<MailFolder>({
  DisplayName: Schema.String,
  ParentFolderId: Schema.String,
  ChildFolderCount: Schema.Number,
  TotalItemCount: Schema.Number,
  UnreadItemCount: Schema.Number,
});

/** A {@link MailFolder} in Graph's spelling. */
export type GraphMailFolder = CamelCase<MailFolder>;

/** A {@link MailFolder} in Graph's spelling. */
export const GraphMailFolder: Schema.Schema<GraphMailFolder> = camelCase(MailFolder);
