import type { Schema } from "effect3";
import * as fields from "../../schema/fields/mail.ts";
import { inGraph } from "../../schema/fields/field.ts";
import type { CamelCase, Encoded } from "../../schema/fields/shape.ts";
import { schemaOf } from "./schema_of.ts";

/**
 * The text of a message or an event.
 *
 * @since 0.2.0
 * @category models
 */
export type ItemBody = fields.ItemBody;

/**
 * The text of a message or an event.
 *
 * @since 0.2.0
 * @category schemas
 */
export const ItemBody: Schema.Schema<ItemBody, Encoded<ItemBody>> = schemaOf(fields.ItemBody);

/**
 * An {@link ItemBody} in Graph's spelling.
 *
 * @since 0.2.0
 * @category models
 */
export type GraphItemBody = CamelCase<ItemBody>;

/**
 * An {@link ItemBody} in Graph's spelling.
 *
 * @since 0.2.0
 * @category schemas
 */
export const GraphItemBody: Schema.Schema<GraphItemBody, Encoded<GraphItemBody>> = schemaOf(
  inGraph(fields.ItemBody),
);

/**
 * A file, an item or a link that hangs on a message or an event.
 *
 * @since 0.2.0
 * @category models
 */
export type Attachment = fields.Attachment;

/**
 * A file, an item or a link that hangs on a message or an event.
 *
 * @since 0.2.0
 * @category schemas
 */
export const Attachment: Schema.Schema<Attachment, Encoded<Attachment>> = schemaOf(
  fields.Attachment,
);

/**
 * An {@link Attachment} in Graph's spelling.
 *
 * @since 0.2.0
 * @category models
 */
export type GraphAttachment = CamelCase<Attachment>;

/**
 * An {@link Attachment} in Graph's spelling.
 *
 * @since 0.2.0
 * @category schemas
 */
export const GraphAttachment: Schema.Schema<GraphAttachment, Encoded<GraphAttachment>> = schemaOf(
  inGraph(fields.Attachment),
);

/**
 * A message.
 *
 * @since 0.2.0
 * @category models
 */
export type Message = fields.Message;

/**
 * A message.
 *
 * @since 0.2.0
 * @category schemas
 */
export const Message: Schema.Schema<Message, Encoded<Message>> = schemaOf(fields.Message);

/**
 * A {@link Message} in Graph's spelling.
 *
 * @since 0.2.0
 * @category models
 */
export type GraphMessage = CamelCase<Message>;

/**
 * A {@link Message} in Graph's spelling.
 *
 * @since 0.2.0
 * @category schemas
 */
export const GraphMessage: Schema.Schema<GraphMessage, Encoded<GraphMessage>> = schemaOf(
  inGraph(fields.Message),
);

/**
 * A folder of messages.
 *
 * @since 0.2.0
 * @category models
 */
export type MailFolder = fields.MailFolder;

/**
 * A folder of messages.
 *
 * @since 0.2.0
 * @category schemas
 */
export const MailFolder: Schema.Schema<MailFolder, Encoded<MailFolder>> = schemaOf(
  fields.MailFolder,
);

/**
 * A {@link MailFolder} in Graph's spelling.
 *
 * @since 0.2.0
 * @category models
 */
export type GraphMailFolder = CamelCase<MailFolder>;

/**
 * A {@link MailFolder} in Graph's spelling.
 *
 * @since 0.2.0
 * @category schemas
 */
export const GraphMailFolder: Schema.Schema<GraphMailFolder, Encoded<GraphMailFolder>> = schemaOf(
  inGraph(fields.MailFolder),
);
