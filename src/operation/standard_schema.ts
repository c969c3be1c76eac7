/**
 * What every Standard Schema (zod, valibot, arktype, effect …) has in common: one property, `~standard`.
 *
 * The names and shapes are those of the Standard Schema specification, version 1 (https://standardschema.dev), which asks
 * libraries to carry the interface instead of depending on it.
 */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  /** The validator and what it says of itself. */
  readonly "~standard": StandardSchemaProps<Input, Output>;
}

/** The members of `~standard`. */
export interface StandardSchemaProps<Input = unknown, Output = Input> {
  /** The version of the specification. */
  readonly version: 1;
  /** Who made the schema, for example `"zod"`. */
  readonly vendor: string;
  /** Checks a value; the answer, or a promise of it. */
  readonly validate: (
    value: unknown,
  ) => StandardSchemaResult<Output> | Promise<StandardSchemaResult<Output>>;
  /** Carries the types; never there at run time. */
  readonly types?: { readonly input: Input; readonly output: Output } | undefined;
}

/** What `validate` answers: the value, or what is wrong with it. */
export type StandardSchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardSchemaIssue[] };

/** One thing that is wrong with a value. */
export interface StandardSchemaIssue {
  /** What is wrong, in words. */
  readonly message: string;
  /** Where it is wrong: property keys from the outside in. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
