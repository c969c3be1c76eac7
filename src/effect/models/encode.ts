import * as Library from "effect";
import type { Schema, SchemaAST } from "effect";
import type { StandardSchemaV1 } from "../../../mod.ts";

/**
 * Turns a schema of Effect into what `bodySchema` takes: it checks and encodes the body of a `post`, `put`, `patch` or
 * `merge`, so that a `Date` becomes a date string. A body that does not fit is refused before anything is sent. The other
 * way, for answers, is effect's own `Schema.toStandardSchemaV1`.
 *
 * @param schema what the body must fit; it may need neither services nor promises
 * @param options `onExcessProperty`: are unknown properties dropped ("ignore"), kept ("preserve") or refused ("error")?
 * By default they are refused, for they are misspelt more often than meant; `errors` is "all"
 * @returns a Standard Schema from the decoded to the encoded type
 *
 * @since 0.2.0
 * @category schemas
 *
 * @example
 * ```ts
 * import { Schema } from "effect";
 * import { post } from "@rxbatch/rxbatch";
 * import { encode } from "@rxbatch/rxbatch/effect";
 *
 * const Contact = Schema.Struct({ GivenName: Schema.String, Birthday: Schema.DateFromString });
 * const ada = { GivenName: "Ada", Birthday: new Date("1815-12-10T00:00:00Z") };
 * const created = post("contacts", ada, { bodySchema: encode(Contact) });
 * console.log(created.body); // {"GivenName":"Ada","Birthday":"1815-12-10T00:00:00.000Z"}
 * ```
 */
export function encode<T, E>(
  schema: Schema.Codec<T, E, unknown, never>,
  options?: SchemaAST.ParseOptions,
): StandardSchemaV1<T, E> {
  const { "~standard": standard } = Library.Schema.toStandardSchemaV1(Library.Schema.flip(schema), {
    parseOptions: { errors: "all", onExcessProperty: "error", ...options },
  });
  return { "~standard": standard };
}
