import { ArrayFormatter, type AST, ParseResult, type Schema } from "@effect/schema";
import { Cause, Effect, Either, Exit, Scheduler } from "effect3";
import type { StandardSchemaResult, StandardSchemaV1 } from "../operation/standard_schema.ts";

/** What a schema of @effect/schema is turned into is called this by those who ask a Standard Schema who made it. */
const VENDOR = "effect";

/**
 * Turns a schema of @effect/schema into what `schema` takes: it checks and decodes the body of an answer, so that a date
 * string may become a `Date`.
 *
 * A schema that needs no promise answers at once. All that does not fit is reported, each issue with its path.
 *
 * @param schema what the body must fit; it may need no services
 * @param options `onExcessProperty`: are unknown properties dropped ("ignore"), kept ("preserve") or refused ("error")?
 * By default they are dropped; `errors` is "all"
 * @returns a Standard Schema from the encoded to the decoded type
 *
 * @example
 * ```ts
 * import { createOutlookBatcher, fetchTransport, get } from "@rxbatch/rxbatch";
 * import { Collection, decode, Message } from "@rxbatch/rxbatch/schema";
 * import { fakeOutlook } from "@rxbatch/rxbatch/testing";
 * import { firstValueFrom } from "rxjs";
 *
 * const { token, fetch } = fakeOutlook();
 * await using batcher = createOutlookBatcher({ token, transport: fetchTransport(fetch) });
 * const page = get("messages?$top=3", { schema: decode(Collection(Message)) });
 * const { body } = await firstValueFrom(batcher.send(page));
 * console.log(body.value[0]?.ReceivedDateTime instanceof Date); // true
 * ```
 */
export function decode<A, I>(
  schema: Schema.Schema<A, I>,
  options?: AST.ParseOptions,
): StandardSchemaV1<I, A> {
  const parse = ParseResult.decodeUnknown(schema, { errors: "all", ...options });
  return standardSchema((value) => finished(parse(value)));
}

/**
 * Turns a schema of @effect/schema into what `bodySchema` takes: it checks and encodes the body of a `post`, `put` or
 * `patch`, so that a `Date` becomes a date string. A body that does not fit is refused before anything is sent.
 *
 * @param schema what the body must fit; it may need neither services nor promises
 * @param options `onExcessProperty`: are unknown properties dropped ("ignore"), kept ("preserve") or refused ("error")?
 * By default they are refused, for they are misspelt more often than meant; `errors` is "all"
 * @returns a Standard Schema from the decoded to the encoded type
 *
 * @example
 * ```ts
 * import { post } from "@rxbatch/rxbatch";
 * import { encode, Event, unsaved } from "@rxbatch/rxbatch/schema";
 *
 * const lunch = post("events", {
 *   Subject: "Lunch",
 *   Start: { DateTime: "2026-12-24T12:00:00", TimeZone: "UTC" },
 *   End: { DateTime: "2026-12-24T13:00:00", TimeZone: "UTC" },
 * }, { bodySchema: encode(unsaved(Event)) });
 * ```
 */
export function encode<A, I>(
  schema: Schema.Schema<A, I>,
  options?: AST.ParseOptions,
): StandardSchemaV1<A, I> {
  const parse = ParseResult.encodeUnknownEither(schema, {
    errors: "all",
    onExcessProperty: "error",
    ...options,
  });
  return standardSchema((value) => resultOf(parse(value)));
}

function standardSchema<Input, Output>(
  validate: StandardSchemaV1<Input, Output>["~standard"]["validate"],
): StandardSchemaV1<Input, Output> {
  return { "~standard": { version: 1, vendor: VENDOR, validate } };
}

type Answer<A> = StandardSchemaResult<A> | Promise<StandardSchemaResult<A>>;

/** What can be known at once is told at once: a promise could not be seen in virtual time. */
function finished<A>(parsing: Effect.Effect<A, ParseResult.ParseIssue>): Answer<A> {
  if (Either.isEither(parsing)) return resultOf(parsing as Parsed<A>);
  const scheduler = new Scheduler.SyncScheduler();
  const fiber = Effect.runFork(Effect.either(parsing), { scheduler });
  scheduler.flush();
  const exit = fiber.unsafePoll();
  if (exit !== null) return Either.getOrThrowWith(eitherOf(exit), (thrown) => thrown);
  return new Promise((resolve, reject) => {
    fiber.addObserver((late) => Either.match(eitherOf(late), { onLeft: reject, onRight: resolve }));
  });
}

type Parsed<A> = Either.Either<A, ParseResult.ParseIssue>;

function eitherOf<A>(exit: Exit.Exit<Parsed<A>>): Either.Either<StandardSchemaResult<A>, unknown> {
  return Exit.match(exit, {
    onFailure: (cause) => Either.left(Cause.squash(cause)),
    onSuccess: (parsed) => Either.right(resultOf(parsed)),
  });
}

function resultOf<A>(parsed: Parsed<A>): StandardSchemaResult<A> {
  if (Either.isRight(parsed)) return { value: parsed.right };
  const found = ArrayFormatter.formatIssueSync(parsed.left);
  return { issues: found.map(({ message, path }) => ({ message, path })) };
}
