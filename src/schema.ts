/**
 * Typed bodies with @effect/schema: what turns its schemas into those that operations take, and models of what people batch.
 *
 * `decode` makes what `schema` takes, `encode` what `bodySchema` takes. The models are in Outlook's PascalCase, and as
 * `Graph…` in Graph's camelCase. Schemas of effect 3.13 and later need none of this: `Schema.standardSchemaV1` makes
 * what `schema` takes (effect 4: `Schema.toStandardSchemaV1`).
 *
 * @module
 */
export {
  Attendee,
  DateTimeTimeZone,
  Event,
  GraphDateTimeTimeZone,
  GraphEvent,
  Location,
  ResponseStatus,
} from "./schema/calendar.ts";
export {
  Attachment,
  GraphAttachment,
  GraphItemBody,
  GraphMailFolder,
  GraphMessage,
  ItemBody,
  MailFolder,
  Message,
} from "./schema/mail.ts";
export { Collection, ODataError, type ODataErrorDetail } from "./schema/odata.ts";
export { GraphOptionsSchema, OutlookOptionsSchema } from "./schema/options.ts";
export {
  Contact,
  EmailAddress,
  GraphContact,
  GraphRecipient,
  PhysicalAddress,
  Recipient,
} from "./schema/people.ts";
export type { Entity, Removed } from "./schema/fields/field.ts";
export {
  type CamelCase,
  camelCase,
  type CamelWord,
  type Encoded,
  type Selected,
  type Unsaved,
  unsaved,
} from "./schema/shape.ts";
export { decode, encode } from "./schema/standard.ts";
