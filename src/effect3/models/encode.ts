import * as Library from "effect3";
import type { Schema, SchemaAST } from "effect3";
import type { StandardSchemaV1 } from "../../../mod.ts";

/**
 * Turns a schema of Effect (from 3.10 on) into what `bodySchema` takes: it checks and encodes the body of a `post`, `put`,
 * `patch` or `merge`, so that a `Date` becomes a date string. A body that does not fit is refused before anything is sent. The
 * other way, for answers, is effect's own `Schema.standardSchemaV1`.
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
 * import { encode } from "@rxbatch/rxbatch/effect3";
 *
 * const Contact = Schema.Struct({ GivenName: Schema.String, Birthday: Schema.Date });
 * const ada = { GivenName: "Ada", Birthday: new Date("1815-12-10T00:00:00Z") };
 * const created = post("contacts", ada, { bodySchema: encode(Contact) });
 * console.log(created.body); // {"GivenName":"Ada","Birthday":"1815-12-10T00:00:00.000Z"}
 * ```
 */
export function encode<A, I>(
  schema: Schema.Schema<A, I>,
  options?: SchemaAST.ParseOptions,
): StandardSchemaV1<A, I> {
  const { ParseResult } = Library;
  const parse = ParseResult.encodeUnknownEither(schema, {
    errors: "all",
    onExcessProperty: "error",
    ...options,
  });
  return {
    "~standard": {
      version: 1,
      vendor: "effect",
      validate: (value) => {
        const parsed = parse(value);
        return parsed._tag === "Right"
          ? { value: parsed.right }
          : { issues: ParseResult.ArrayFormatter.formatIssueSync(parsed.left) };
      },
    },
  };
}
