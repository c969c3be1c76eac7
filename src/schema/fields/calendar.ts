import {
  date,
  type Entity,
  entity,
  exact,
  type Field,
  flag,
  list,
  number,
  oneOf,
  selected,
  text,
} from "./field.ts";
import { EmailAddress, PhysicalAddress, Recipient } from "./people.ts";
import { Attachment, ItemBody } from "./mail.ts";
import type { Selected } from "./shape.ts";

/** A time as a clock on the wall shows it, and where that clock hangs. */
export interface DateTimeTimeZone {
  /** For example `2026-12-24T18:00:00`: without an offset, so it is no `Date`. */
  readonly DateTime: string;
  /** For example `UTC` or `W. Europe Standard Time`. */
  readonly TimeZone: string;
}

/** A time as a clock on the wall shows it, and where that clock hangs. */
export const DateTimeTimeZone: Field<DateTimeTimeZone> = exact<DateTimeTimeZone>({
  DateTime: text,
  TimeZone: text,
});

/** What somebody answered to an invitation. */
export type ResponseStatus = Selected<{
  /** The answer. */
  Response:
    | "None"
    | "Organizer"
    | "TentativelyAccepted"
    | "Accepted"
    | "Declined"
    | "NotResponded";
  /** When; the year 1 if never. */
  Time: Date;
}>;

/** What somebody answered to an invitation. */
export const ResponseStatus: Field<ResponseStatus> = selected<
  ResponseStatus
>({
  Response: oneOf(
    "None",
    "Organizer",
    "TentativelyAccepted",
    "Accepted",
    "Declined",
    "NotResponded",
  ),
  Time: date,
});

/** Who is invited. */
export type Attendee = Selected<{
  /** Name and address. */
  EmailAddress: EmailAddress;
  /** Must they come? */
  Type: "Required" | "Optional" | "Resource";
  /** What they answered. */
  Status: ResponseStatus;
}>;

/** Who is invited. */
export const Attendee: Field<Attendee> = selected<Attendee>({
  EmailAddress,
  Type: oneOf("Required", "Optional", "Resource"),
  Status: ResponseStatus,
});

/** Where an event takes place. */
export type Location = Selected<{
  /** The name that is shown. */
  DisplayName: string;
  /** Its postal address. */
  Address: PhysicalAddress;
  /** Its address for mail, if it is a room that can be booked. */
  LocationEmailAddress: string;
}>;

/** Where an event takes place. */
export const Location: Field<Location> = selected<Location>({
  DisplayName: text,
  Address: PhysicalAddress,
  LocationEmailAddress: text,
});

/** An event in a calendar. */
export type Event =
  & Entity
  & Selected<{
    /** What it is about. */
    Subject: string;
    /** The first 255 characters of the text. */
    BodyPreview: string;
    /** The text. */
    Body: ItemBody;
    /** When it begins. */
    Start: DateTimeTimeZone;
    /** When it ends. */
    End: DateTimeTimeZone;
    /** Does it last the whole day? */
    IsAllDay: boolean;
    /** Has it been called off? */
    IsCancelled: boolean;
    /** Does the owner of the calendar organise it? */
    IsOrganizer: boolean;
    /** Is somebody reminded of it? */
    IsReminderOn: boolean;
    /** How long before it begins. */
    ReminderMinutesBeforeStart: number;
    /** Are answers asked for? */
    ResponseRequested: boolean;
    /** What the owner of the calendar answered. */
    ResponseStatus: ResponseStatus;
    /** Where. */
    Location: Location;
    /** Who organises it. */
    Organizer: Recipient;
    /** Who is invited. */
    Attendees: readonly Attendee[];
    /** How important it is. */
    Importance: "Low" | "Normal" | "High";
    /** Who may see it. */
    Sensitivity: "Normal" | "Personal" | "Private" | "Confidential";
    /** How the owner of the calendar is shown meanwhile. */
    ShowAs: "Free" | "Tentative" | "Busy" | "Oof" | "WorkingElsewhere" | "Unknown";
    /** Once, or a part of a series. */
    Type: "SingleInstance" | "Occurrence" | "Exception" | "SeriesMaster";
    /** The series that it is a part of. */
    SeriesMasterId: string;
    /** The names of its categories. */
    Categories: readonly string[];
    /** Does something hang on it? */
    HasAttachments: boolean;
    /** What hangs on it; with `$expand` only. */
    Attachments: readonly Attachment[];
    /** When it was made. */
    CreatedDateTime: Date;
    /** When it was last changed. */
    LastModifiedDateTime: Date;
    /** Changes with every change. */
    ChangeKey: string;
    /** Opens it in Outlook on the web. */
    WebLink: string;
  }>;

/** An event in a calendar. */
export const Event: Field<Event> = entity<Event>({
  Subject: text,
  BodyPreview: text,
  Body: ItemBody,
  Start: DateTimeTimeZone,
  End: DateTimeTimeZone,
  IsAllDay: flag,
  IsCancelled: flag,
  IsOrganizer: flag,
  IsReminderOn: flag,
  ReminderMinutesBeforeStart: number,
  ResponseRequested: flag,
  ResponseStatus,
  Location,
  Organizer: Recipient,
  Attendees: list(Attendee),
  Importance: oneOf("Low", "Normal", "High"),
  Sensitivity: oneOf("Normal", "Personal", "Private", "Confidential"),
  ShowAs: oneOf("Free", "Tentative", "Busy", "Oof", "WorkingElsewhere", "Unknown"),
  Type: oneOf("SingleInstance", "Occurrence", "Exception", "SeriesMaster"),
  SeriesMasterId: text,
  Categories: list(text),
  HasAttachments: flag,
  Attachments: list(Attachment),
  CreatedDateTime: date,
  LastModifiedDateTime: date,
  ChangeKey: text,
  WebLink: text,
});
