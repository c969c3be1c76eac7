import type { Schema } from "@effect/schema";
import * as fields from "./fields/calendar.ts";
import { inGraph } from "./fields/field.ts";
import type { CamelCase, Encoded } from "./fields/shape.ts";
import { schemaOf } from "./schema_of.ts";

/** A time as a clock on the wall shows it, and where that clock hangs. */
export type DateTimeTimeZone = fields.DateTimeTimeZone;

/** A time as a clock on the wall shows it, and where that clock hangs. */
export const DateTimeTimeZone: Schema.Schema<DateTimeTimeZone, Encoded<DateTimeTimeZone>> =
  schemaOf(fields.DateTimeTimeZone);

/** A {@link DateTimeTimeZone} in Graph's spelling. */
export type GraphDateTimeTimeZone = CamelCase<DateTimeTimeZone>;

/** A {@link DateTimeTimeZone} in Graph's spelling. */
export const GraphDateTimeTimeZone: Schema.Schema<
  GraphDateTimeTimeZone,
  Encoded<GraphDateTimeTimeZone>
> = schemaOf(inGraph(fields.DateTimeTimeZone));

/** What somebody answered to an invitation. */
export type ResponseStatus = fields.ResponseStatus;

/** What somebody answered to an invitation. */
export const ResponseStatus: Schema.Schema<ResponseStatus, Encoded<ResponseStatus>> = schemaOf(
  fields.ResponseStatus,
);

/** Who is invited. */
export type Attendee = fields.Attendee;

/** Who is invited. */
export const Attendee: Schema.Schema<Attendee, Encoded<Attendee>> = schemaOf(fields.Attendee);

/** Where an event takes place. */
export type Location = fields.Location;

/** Where an event takes place. */
export const Location: Schema.Schema<Location, Encoded<Location>> = schemaOf(fields.Location);

/** An event in a calendar. */
export type Event = fields.Event;

/** An event in a calendar. */
export const Event: Schema.Schema<Event, Encoded<Event>> = schemaOf(fields.Event);

/** An {@link Event} in Graph's spelling. */
export type GraphEvent = CamelCase<Event>;

/** An {@link Event} in Graph's spelling. */
export const GraphEvent: Schema.Schema<GraphEvent, Encoded<GraphEvent>> = schemaOf(
  inGraph(fields.Event),
);
