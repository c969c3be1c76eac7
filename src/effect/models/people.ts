import type { Schema } from "effect";
import * as fields from "../../schema/fields/people.ts";
import { inGraph } from "../../schema/fields/field.ts";
import type { CamelCase, Encoded } from "../../schema/fields/shape.ts";
import { schemaOf } from "./schema_of.ts";

/** A name and the address that goes with it. */
export type EmailAddress = fields.EmailAddress;

/** A name and the address that goes with it. */
export const EmailAddress: Schema.Codec<EmailAddress, Encoded<EmailAddress>> = schemaOf(
  fields.EmailAddress,
);

/** Somebody who sends or gets mail. */
export type Recipient = fields.Recipient;

/** Somebody who sends or gets mail. */
export const Recipient: Schema.Codec<Recipient, Encoded<Recipient>> = schemaOf(fields.Recipient);

/** A {@link Recipient} in Graph's spelling. */
export type GraphRecipient = CamelCase<Recipient>;

/** A {@link Recipient} in Graph's spelling. */
export const GraphRecipient: Schema.Codec<GraphRecipient, Encoded<GraphRecipient>> = schemaOf(
  inGraph(fields.Recipient),
);

/** A postal address. */
export type PhysicalAddress = fields.PhysicalAddress;

/** A postal address. */
export const PhysicalAddress: Schema.Codec<PhysicalAddress, Encoded<PhysicalAddress>> = schemaOf(
  fields.PhysicalAddress,
);

/** Somebody in the address book. */
export type Contact = fields.Contact;

/** Somebody in the address book. */
export const Contact: Schema.Codec<Contact, Encoded<Contact>> = schemaOf(fields.Contact);

/** A {@link Contact} in Graph's spelling. */
export type GraphContact = CamelCase<Contact>;

/** A {@link Contact} in Graph's spelling. */
export const GraphContact: Schema.Codec<GraphContact, Encoded<GraphContact>> = schemaOf(
  inGraph(fields.Contact),
);
