import { Schema } from "@effect/schema";
import type { Encoded } from "./shape.ts";

/** One schema for each property: none may be missing, and none may be too many. */
type Members<T> = {
  readonly [Name in keyof T]-?: Schema.Schema<
    NonNullable<T[Name]>,
    Encoded<NonNullable<T[Name]>>
  >;
};

/** A struct whose properties `$select` may leave out, and which may be null. */
export function selected<T>(members: Members<T>): Schema.Schema<T, Encoded<T>> {
  const fields = Object.entries<Schema.Schema.AnyNoContext>(members)
    .map(([name, member]) => [name, Schema.optional(Schema.NullOr(member))] as const);
  return Schema.Struct(Object.fromEntries(fields)) as Schema.Schema.AnyNoContext;
}

/** What everything has that the server keeps under an id. */
export interface Entity {
  /** What the server calls it; part of its URL. */
  readonly Id: string;
  /** What `If-Match` takes. */
  readonly "@odata.etag"?: string | undefined;
  /** Of which type it is, where several are possible: `#Microsoft.OutlookServices.FileAttachment`, for one. */
  readonly "@odata.type"?: string | undefined;
}

const identity = {
  Id: Schema.String,
  "@odata.etag": Schema.optional(Schema.String),
  "@odata.type": Schema.optional(Schema.String),
};

/** A struct with an id, whose other properties `$select` may leave out. */
export function entity<T extends Entity>(
  members: Members<Omit<T, keyof Entity>>,
): Schema.Schema<T, Encoded<T>> {
  const { ast } = Schema.extend(Schema.Struct(identity), selected(members));
  return Schema.make(ast);
}
