import * as Library from "effect3";
import type { Schema } from "effect3";
import type { Field } from "../../schema/fields/field.ts";
import type { Encoded } from "../../schema/fields/shape.ts";

/** What Schema of effect 3 makes of a field; the table is typed, so that the schema has its type. */
export function schemaOf<T>(field: Field<T>): Schema.Schema<T, Encoded<T>> {
  // Effect 3 has it from 3.10 on; the rest of the entry works without.
  const made = Library.Schema === undefined ? undefined : plain(field);
  return made as Schema.Schema.AnyNoContext;
}

type Property = Schema.Schema.AnyNoContext | Schema.optional<Schema.Schema.AnyNoContext>;

function plain(field: Field): Schema.Schema.AnyNoContext {
  switch (field.kind) {
    case "text":
      return Library.Schema.String;
    case "number":
      return Library.Schema.Number;
    case "flag":
      return Library.Schema.Boolean;
    case "date":
      return Library.Schema.Date;
    case "bytes":
      return Library.Schema.Uint8ArrayFromBase64;
    case "one of":
      return Library.Schema.Literal(...field.words);
    case "list":
      return Library.Schema.Array(plain(field.item));
    case "object": {
      const members = Object.entries(field.members).map(([name, { field, presence }]) => {
        const member = plain(field);
        const maybe = presence === "selected" ? Library.Schema.NullOr(member) : member;
        return [name, presence === "always" ? member : Library.Schema.optional(maybe)] as const;
      });
      const fields: Record<string, Property> = Object.fromEntries(members);
      return Library.Schema.Struct(fields) as Schema.Schema.AnyNoContext;
    }
  }
}
