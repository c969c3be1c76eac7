import type { Schema } from "effect3";
import * as fields from "../../schema/fields/calendar.ts";
import { inGraph } from "../../schema/fields/field.ts";
import type { CamelCase, Encoded } from "../../schema/fields/shape.ts";
import { schemaOf } from "./schema_of.ts";

/**
 * A time as a clock on the wall shows it, and where that clock hangs.
 *
 * @since 0.2.0
 * @category models
 */
export type DateTimeTimeZone = fields.DateTimeTimeZone;

/**
 * A time as a clock on the wall shows it, and where that clock hangs.
 *
 * @since 0.2.0
 * @category schemas
 */
export const DateTimeTimeZone: Schema.Schema<DateTimeTimeZone, Encoded<DateTimeTimeZone>> =
  schemaOf(fields.DateTimeTimeZone);

/**
 * A {@link DateTimeTimeZone} in Graph's spelling.
 *
 * @since 0.2.0
 * @category models
 */
export type GraphDateTimeTimeZone = CamelCase<DateTimeTimeZone>;

/**
 * A {@link DateTimeTimeZone} in Graph's spelling.
 *
 * @since 0.2.0
 * @category schemas
 */
export const GraphDateTimeTimeZone: Schema.Schema<
  GraphDateTimeTimeZone,
  Encoded<GraphDateTimeTimeZone>
> = schemaOf(inGraph(fields.DateTimeTimeZone));

/**
 * What somebody answered to an invitation.
 *
 * @since 0.2.0
 * @category models
 */
export type ResponseStatus = fields.ResponseStatus;

/**
 * What somebody answered to an invitation.
 *
 * @since 0.2.0
 * @category schemas
 */
export const ResponseStatus: Schema.Schema<ResponseStatus, Encoded<ResponseStatus>> = schemaOf(
  fields.ResponseStatus,
);

/**
 * Who is invited.
 *
 * @since 0.2.0
 * @category models
 */
export type Attendee = fields.Attendee;

/**
 * Who is invited.
 *
 * @since 0.2.0
 * @category schemas
 */
export const Attendee: Schema.Schema<Attendee, Encoded<Attendee>> = schemaOf(fields.Attendee);

/**
 * Where an event takes place.
 *
 * @since 0.2.0
 * @category models
 */
export type Location = fields.Location;

/**
 * Where an event takes place.
 *
 * @since 0.2.0
 * @category schemas
 */
export const Location: Schema.Schema<Location, Encoded<Location>> = schemaOf(fields.Location);

/**
 * An event in a calendar.
 *
 * @since 0.2.0
 * @category models
 */
export type Event = fields.Event;

/**
 * An event in a calendar.
 *
 * @since 0.2.0
 * @category schemas
 */
export const Event: Schema.Schema<Event, Encoded<Event>> = schemaOf(fields.Event);

/**
 * An {@link Event} in Graph's spelling.
 *
 * @since 0.2.0
 * @category models
 */
export type GraphEvent = CamelCase<Event>;

/**
 * An {@link Event} in Graph's spelling.
 *
 * @since 0.2.0
 * @category schemas
 */
export const GraphEvent: Schema.Schema<GraphEvent, Encoded<GraphEvent>> = schemaOf(
  inGraph(fields.Event),
);
