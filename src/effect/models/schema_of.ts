import * as Library from "effect";
import type { Schema } from "effect";
import type { Field } from "../../schema/fields/field.ts";
import type { Encoded } from "../../schema/fields/shape.ts";

/** What Schema of effect 4 makes of a field; the table is typed, so that the schema has its type. */
export function schemaOf<T>(field: Field<T>): Schema.Codec<T, Encoded<T>>;
export function schemaOf(field: Field): Schema.Top {
  switch (field.kind) {
    case "text":
      return Library.Schema.String;
    case "number":
      return Library.Schema.Number;
    case "flag":
      return Library.Schema.Boolean;
    case "date":
      return Library.Schema.DateFromString;
    case "bytes":
      return Library.Schema.Uint8ArrayFromBase64;
    case "one of":
      return Library.Schema.Literals(field.words);
    case "list":
      return Library.Schema.Array(schemaOf(field.item));
    case "object": {
      const members = Object.entries(field.members).map(([name, { field, presence }]) => {
        const member = schemaOf(field);
        if (presence === "always") return [name, member] as const;
        return [
          name,
          Library.Schema.optional(presence === "maybe" ? member : Library.Schema.NullOr(member)),
        ] as const;
      });
      return Library.Schema.Struct(Object.fromEntries(members));
    }
  }
}
