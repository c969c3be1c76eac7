/** The models of mail, calendars and people, in Outlook's PascalCase and, as `Graph…`, in Graph's camelCase. */
export * from "./calendar.ts";
export * from "./mail.ts";
export * from "./people.ts";
export type { Entity, Removed } from "../../schema/fields/field.ts";
export type { CamelCase, CamelWord, Encoded, Selected } from "../../schema/fields/shape.ts";
