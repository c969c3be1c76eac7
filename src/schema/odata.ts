import { Schema } from "@effect/schema";

/** One page of a collection. */
export interface Collection<Item> {
  /** The items of this page. */
  readonly value: readonly Item[];
  /** What describes it. */
  readonly "@odata.context"?: string | undefined;
  /** How many items there are in all; with `$count=true` only. */
  readonly "@odata.count"?: number | undefined;
  /** The next page: absolute, and an operation takes it as it is. The last page has none. */
  readonly "@odata.nextLink"?: string | undefined;
  /** Where to ask for what has changed since; on the last page of a delta query. */
  readonly "@odata.deltaLink"?: string | undefined;
}

/**
 * One page of a collection.
 *
 * @param item what one item must fit
 * @returns the schema of a page of them
 *
 * @example
 * ```ts
 * import { get } from "@rxbatch/rxbatch";
 * import { Collection, decode, Message } from "@rxbatch/rxbatch/schema";
 *
 * const page = get("messages", { schema: decode(Collection(Message)) });
 * ```
 */
export function Collection<A, I>(
  item: Schema.Schema<A, I>,
): Schema.Schema<Collection<A>, Collection<I>> {
  return Schema.Struct({
    value: Schema.Array(item),
    "@odata.context": Schema.optional(Schema.String),
    "@odata.count": Schema.optional(Schema.Number),
    "@odata.nextLink": Schema.optional(Schema.String),
    "@odata.deltaLink": Schema.optional(Schema.String),
  });
}

/** The body with which a server explains a status of 400 or more. */
export interface ODataError {
  /** What went wrong. */
  readonly error: {
    /** For programs: `ErrorItemNotFound`, for one. */
    readonly code: string;
    /** For people. */
    readonly message: string;
    /** What it is about. */
    readonly target?: string | null | undefined;
    /** Every single thing that went wrong. */
    readonly details?: readonly ODataErrorDetail[] | null | undefined;
    /** What the server notes for those who run it. */
    readonly innerError?: unknown;
  };
}

/** One of several things that went wrong. */
export interface ODataErrorDetail {
  /** For programs. */
  readonly code: string;
  /** For people. */
  readonly message: string;
  /** What it is about. */
  readonly target?: string | null | undefined;
}

const detail = {
  code: Schema.String,
  message: Schema.String,
  target: Schema.optional(Schema.NullOr(Schema.String)),
};

/** The body with which a server explains a status of 400 or more (OData 4.01 JSON Format §21.1). */
export const ODataError: Schema.Schema<ODataError> = Schema.Struct({
  error: Schema.Struct({
    ...detail,
    details: Schema.optional(Schema.NullOr(Schema.Array(Schema.Struct(detail)))),
    innerError: Schema.optional(Schema.Unknown),
  }),
});
