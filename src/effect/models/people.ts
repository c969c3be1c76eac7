import type { Schema } from "effect";
import * as fields from "../../schema/fields/people.ts";
import { inGraph } from "../../schema/fields/field.ts";
import type { CamelCase, Encoded } from "../../schema/fields/shape.ts";
import { schemaOf } from "./schema_of.ts";

/**
 * A name and the address that goes with it.
 *
 * @since 0.2.0
 * @category models
 */
export type EmailAddress = fields.EmailAddress;

/**
 * A name and the address that goes with it.
 *
 * @since 0.2.0
 * @category schemas
 */
export const EmailAddress: Schema.Codec<EmailAddress, Encoded<EmailAddress>> = schemaOf(
  fields.EmailAddress,
);

/**
 * Somebody who sends or gets mail.
 *
 * @since 0.2.0
 * @category models
 */
export type Recipient = fields.Recipient;

/**
 * Somebody who sends or gets mail.
 *
 * @since 0.2.0
 * @category schemas
 */
export const Recipient: Schema.Codec<Recipient, Encoded<Recipient>> = schemaOf(fields.Recipient);

/**
 * A {@link Recipient} in Graph's spelling.
 *
 * @since 0.2.0
 * @category models
 */
export type GraphRecipient = CamelCase<Recipient>;

/**
 * A {@link Recipient} in Graph's spelling.
 *
 * @since 0.2.0
 * @category schemas
 */
export const GraphRecipient: Schema.Codec<GraphRecipient, Encoded<GraphRecipient>> = schemaOf(
  inGraph(fields.Recipient),
);

/**
 * A postal address.
 *
 * @since 0.2.0
 * @category models
 */
export type PhysicalAddress = fields.PhysicalAddress;

/**
 * A postal address.
 *
 * @since 0.2.0
 * @category schemas
 */
export const PhysicalAddress: Schema.Codec<PhysicalAddress, Encoded<PhysicalAddress>> = schemaOf(
  fields.PhysicalAddress,
);

/**
 * Somebody in the address book.
 *
 * @since 0.2.0
 * @category models
 */
export type Contact = fields.Contact;

/**
 * Somebody in the address book.
 *
 * @since 0.2.0
 * @category schemas
 */
export const Contact: Schema.Codec<Contact, Encoded<Contact>> = schemaOf(fields.Contact);

/**
 * A {@link Contact} in Graph's spelling.
 *
 * @since 0.2.0
 * @category models
 */
export type GraphContact = CamelCase<Contact>;

/**
 * A {@link Contact} in Graph's spelling.
 *
 * @since 0.2.0
 * @category schemas
 */
export const GraphContact: Schema.Codec<GraphContact, Encoded<GraphContact>> = schemaOf(
  inGraph(fields.Contact),
);
