import { Schema } from "@effect/schema";
import type { Field } from "./fields/field.ts";
import type { Encoded } from "./fields/shape.ts";

/** What @effect/schema makes of a field; the table is typed, so that the schema has its type. */
export function schemaOf<T>(field: Field<T>): Schema.Schema<T, Encoded<T>> {
  return plain(field) as Schema.Schema.AnyNoContext;
}

type Property = Schema.Schema.AnyNoContext | Schema.optional<Schema.Schema.AnyNoContext>;

function plain(field: Field): Schema.Schema.AnyNoContext {
  switch (field.kind) {
    case "text":
      return Schema.String;
    case "number":
      return Schema.Number;
    case "flag":
      return Schema.Boolean;
    case "date":
      return Schema.Date;
    case "bytes":
      return Schema.Uint8ArrayFromBase64;
    case "one of":
      return Schema.Literal(...field.words);
    case "list":
      return Schema.Array(plain(field.item));
    case "object": {
      const members = Object.entries(field.members).map(([name, { field, presence }]) => {
        const member = plain(field);
        const maybe = presence === "selected" ? Schema.NullOr(member) : member;
        return [name, presence === "always" ? member : Schema.optional(maybe)] as const;
      });
      const fields: Record<string, Property> = Object.fromEntries(members);
      return Schema.Struct(fields) as Schema.Schema.AnyNoContext;
    }
  }
}
