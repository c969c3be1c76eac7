import type { CamelCase } from "./shape.ts";

/** May a property be missing? `selected`: `$select` may leave it out, and it may be null. */
type Presence = "always" | "maybe" | "selected";

interface Member {
  readonly field: Field;
  readonly presence: Presence;
}

/** What is said of one value, in the words of no library; `T` is what a program gets. */
export type Field<T = unknown> =
  & (
    | { readonly kind: "text" | "number" | "flag" | "date" | "bytes" }
    | { readonly kind: "one of"; readonly words: readonly string[] }
    | { readonly kind: "list"; readonly item: Field }
    | { readonly kind: "object"; readonly members: Readonly<Record<string, Member>> }
  )
  & {
    /** Never there: it carries the type. */
    readonly "~type"?: T;
  };

/** One field for each property: none may be missing, and none may be too many. */
type Fields<T> = { readonly [Name in keyof T]-?: Field<NonNullable<T[Name]>> };

export const text: Field<string> = { kind: "text" };
export const number: Field<number> = { kind: "number" };
export const flag: Field<boolean> = { kind: "flag" };
/** A `Date`, which JSON has as a string. */
export const date: Field<Date> = { kind: "date" };
/** Bytes, which JSON has as base64. */
export const bytes: Field<Uint8Array> = { kind: "bytes" };

export function oneOf<const Word extends string>(...words: readonly Word[]): Field<Word> {
  return { kind: "one of", words };
}

export function list<T>(item: Field<T>): Field<readonly T[]> {
  return { kind: "list", item };
}

/** An object all of whose properties are there. */
export function exact<T>(fields: Fields<T>): Field<T> {
  return { kind: "object", members: membersOf(fields, "always") };
}

/** An object whose properties `$select` may leave out, and which may be null. */
export function selected<T>(fields: Fields<T>): Field<T> {
  return { kind: "object", members: membersOf(fields, "selected") };
}

/**
 * What everything has that the server keeps under an id.
 *
 * @since 0.2.0
 * @category types
 */
export interface Entity {
  /** What the server calls it; part of its URL. */
  readonly Id: string;
  /** What `If-Match` takes. */
  readonly "@odata.etag"?: string | undefined;
  /** Of which type it is, where several are possible: `#Microsoft.OutlookServices.FileAttachment`, for one. */
  readonly "@odata.type"?: string | undefined;
  /** In a list of changes (delta): it is gone, and nothing but its id is told. */
  readonly "@removed"?: Removed | undefined;
}

/**
 * Why something stands in a list of changes that is gone.
 *
 * @since 0.2.0
 * @category types
 */
export interface Removed {
  /** `deleted`, or `changed` where it only left the list. */
  readonly reason: string;
}

const REMOVED = exact<Removed>({ reason: text });

/** An object with an id, whose other properties `$select` may leave out. */
export function entity<T extends Entity>(fields: Fields<Omit<T, keyof Entity>>): Field<T> {
  return {
    kind: "object",
    members: {
      ...membersOf({ Id: text }, "always"),
      ...membersOf({ "@odata.etag": text, "@odata.type": text, "@removed": REMOVED }, "maybe"),
      ...membersOf(fields, "selected"),
    },
  };
}

/** The same in Graph's spelling: property names and fixed values, at every depth. */
export function inGraph<T>(field: Field<T>): Field<CamelCase<T>> {
  switch (field.kind) {
    case "one of":
      return { kind: "one of", words: field.words.map(camelWord) };
    case "list":
      return { kind: "list", item: inGraph(field.item) };
    case "object": {
      const renamed = Object.entries(field.members).map(([name, { field, presence }]) =>
        [camelWord(name), { field: inGraph(field), presence }] as const
      );
      return { kind: "object", members: Object.fromEntries(renamed) };
    }
    default:
      return { kind: field.kind };
  }
}

/** `DisplayName` is `displayName`, and `HTML` is `html`. */
export function camelWord<Word>(word: Word): Word {
  if (typeof word !== "string") return word;
  const camel = word === word.toUpperCase()
    ? word.toLowerCase()
    : `${word.charAt(0).toLowerCase()}${word.slice(1)}`;
  return camel as Word & string;
}

function membersOf(
  fields: Readonly<Record<string, Field>>,
  presence: Presence,
): Readonly<Record<string, Member>> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, { field, presence }]),
  );
}
