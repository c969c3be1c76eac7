import type { Schema } from "effect";
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
export const DateTimeTimeZone: Schema.Codec<DateTimeTimeZone, Encoded<DateTimeTimeZone>> = schemaOf(
  fields.DateTimeTimeZone,
);

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
export const GraphDateTimeTimeZone: Schema.Codec<
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
export const ResponseStatus: Schema.Codec<ResponseStatus, Encoded<ResponseStatus>> = schemaOf(
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
export const Attendee: Schema.Codec<Attendee, Encoded<Attendee>> = schemaOf(fields.Attendee);

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
export const Location: Schema.Codec<Location, Encoded<Location>> = schemaOf(fields.Location);

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
export const Event: Schema.Codec<Event, Encoded<Event>> = schemaOf(fields.Event);

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
export const GraphEvent: Schema.Codec<GraphEvent, Encoded<GraphEvent>> = schemaOf(
  inGraph(fields.Event),
);
