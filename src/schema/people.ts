import { Schema } from "@effect/schema";
import { type CamelCase, camelCase, type Encoded, type Selected } from "./shape.ts";
import { type Entity, entity, selected } from "./selected.ts";

/** A name and the address that goes with it. */
export type EmailAddress = Selected<{
  /** The name that is shown. */
  Name: string;
  /** For example `rufus@contoso.com`. */
  Address: string;
}>;

/** A name and the address that goes with it. */
export const EmailAddress: Schema.Schema<EmailAddress> = selected<EmailAddress>({
  Name: Schema.String,
  Address: Schema.String,
});

/** Somebody who sends or gets mail. */
export interface Recipient {
  /** Name and address. */
  readonly EmailAddress: EmailAddress;
}

/** Somebody who sends or gets mail. */
export const Recipient: Schema.Schema<Recipient> = Schema.Struct({ EmailAddress });

/** A {@link Recipient} in Graph's spelling. */
export type GraphRecipient = CamelCase<Recipient>;

/** A {@link Recipient} in Graph's spelling. */
export const GraphRecipient: Schema.Schema<GraphRecipient> = camelCase(Recipient);

/** A postal address. */
export type PhysicalAddress = Selected<{
  /** Street and number. */
  Street: string;
  /** City. */
  City: string;
  /** State. */
  State: string;
  /** Country or region. */
  CountryOrRegion: string;
  /** Postal code. */
  PostalCode: string;
}>;

/** A postal address. */
export const PhysicalAddress: Schema.Schema<PhysicalAddress> = selected<PhysicalAddress>({
  Street: Schema.String,
  City: Schema.String,
  State: Schema.String,
  CountryOrRegion: Schema.String,
  PostalCode: Schema.String,
});

/** Somebody in the address book. */
export type Contact =
  & Entity
  & Selected<{
    /** The name that is shown. */
    DisplayName: string;
    /** Given name. */
    GivenName: string;
    /** Middle name. */
    MiddleName: string;
    /** Surname. */
    Surname: string;
    /** What friends call them. */
    NickName: string;
    /** Under which name it is filed. */
    FileAs: string;
    /** Where they work. */
    CompanyName: string;
    /** Department. */
    Department: string;
    /** What they are there. */
    JobTitle: string;
    /** Addresses for mail. */
    EmailAddresses: readonly EmailAddress[];
    /** Telephone numbers at work. */
    BusinessPhones: readonly string[];
    /** Telephone numbers at home. */
    HomePhones: readonly string[];
    /** Address at work. */
    BusinessAddress: PhysicalAddress;
    /** Address at home. */
    HomeAddress: PhysicalAddress;
    /** Birthday. */
    Birthday: Date;
    /** Notes. */
    PersonalNotes: string;
    /** The names of its categories. */
    Categories: readonly string[];
    /** The folder that it is in. */
    ParentFolderId: string;
    /** When it was made. */
    CreatedDateTime: Date;
    /** When it was last changed. */
    LastModifiedDateTime: Date;
  }>;

/** Somebody in the address book. */
export const Contact: Schema.Schema<Contact, Encoded<Contact>> = entity<Contact>({
  DisplayName: Schema.String,
  GivenName: Schema.String,
  MiddleName: Schema.String,
  Surname: Schema.String,
  NickName: Schema.String,
  FileAs: Schema.String,
  CompanyName: Schema.String,
  Department: Schema.String,
  JobTitle: Schema.String,
  EmailAddresses: Schema.Array(EmailAddress),
  BusinessPhones: Schema.Array(Schema.String),
  HomePhones: Schema.Array(Schema.String),
  BusinessAddress: PhysicalAddress,
  HomeAddress: PhysicalAddress,
  Birthday: Schema.Date,
  PersonalNotes: Schema.String,
  Categories: Schema.Array(Schema.String),
  ParentFolderId: Schema.String,
  CreatedDateTime: Schema.Date,
  LastModifiedDateTime: Schema.Date,
});

/** A {@link Contact} in Graph's spelling. */
export type GraphContact = CamelCase<Contact>;

/** A {@link Contact} in Graph's spelling. */
export const GraphContact: Schema.Schema<GraphContact, Encoded<GraphContact>> = camelCase(Contact);
