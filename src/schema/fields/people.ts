import { date, type Entity, entity, exact, type Field, list, selected, text } from "./field.ts";
import type { Selected } from "./shape.ts";

/** A name and the address that goes with it. */
export type EmailAddress = Selected<{
  /** The name that is shown. */
  Name: string;
  /** For example `rufus@contoso.com`. */
  Address: string;
}>;

/** A name and the address that goes with it. */
export const EmailAddress: Field<EmailAddress> = selected<EmailAddress>({
  Name: text,
  Address: text,
});

/** Somebody who sends or gets mail. */
export interface Recipient {
  /** Name and address. */
  readonly EmailAddress: EmailAddress;
}

/** Somebody who sends or gets mail. */
export const Recipient: Field<Recipient> = exact<Recipient>({ EmailAddress });

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
export const PhysicalAddress: Field<PhysicalAddress> = selected<PhysicalAddress>({
  Street: text,
  City: text,
  State: text,
  CountryOrRegion: text,
  PostalCode: text,
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
export const Contact: Field<Contact> = entity<Contact>({
  DisplayName: text,
  GivenName: text,
  MiddleName: text,
  Surname: text,
  NickName: text,
  FileAs: text,
  CompanyName: text,
  Department: text,
  JobTitle: text,
  EmailAddresses: list(EmailAddress),
  BusinessPhones: list(text),
  HomePhones: list(text),
  BusinessAddress: PhysicalAddress,
  HomeAddress: PhysicalAddress,
  Birthday: date,
  PersonalNotes: text,
  Categories: list(text),
  ParentFolderId: text,
  CreatedDateTime: date,
  LastModifiedDateTime: date,
});
