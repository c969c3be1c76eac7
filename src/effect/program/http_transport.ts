import { type Cause, type Context, Effect, Exit, type Fiber, Option, Stream } from "effect";
import type { HttpClient, HttpClientError, HttpClientResponse } from "effect/http";
import { Observable } from "rxjs";
import type { HttpRequest, HttpResponse, Transport } from "../../../mod.ts";
import { cutOff, notSent } from "../../transport/failure.ts";

type Http = typeof import("effect/http");

/**
 * Batches travel by the HttpClient of the program: what its layers say of proxies, headers, tracing and logs holds for them.
 *
 * Its span stands in that of the batch. No redirect is followed, as the token goes to one origin only. A retry policy of the
 * client repeats whole POSTs, also those that changed something: leave trying again to the batcher, which knows which
 * operations may go twice.
 *
 * @since 0.2.0
 * @category transports
 *
 * @example
 * ```ts
 * import { Effect, Layer } from "effect";
 * import { FetchHttpClient } from "effect/http";
 * import { get } from "@rxbatch/rxbatch";
 * import { httpTransport, OutlookBatch } from "@rxbatch/rxbatch/effect";
 * import { fakeOutlook } from "@rxbatch/rxbatch/testing";
 *
 * const outlook = fakeOutlook();
 * const layer = Layer.unwrap(
 *   Effect.map(httpTransport, (transport) => OutlookBatch.layer({ token: outlook.token, transport })),
 * );
 * const http = Layer.provide(
 *   FetchHttpClient.layer,
 *   Layer.succeed(FetchHttpClient.Fetch, (url, init) => outlook.fetch(String(url), init ?? {})),
 * );
 * const program = Effect.map(OutlookBatch.send(get("messages")), ({ status }) => status);
 * const provided = Effect.provide(program, Layer.provide(layer, http));
 * console.log(await Effect.runPromise(provided)); // 200
 * ```
 */
export const httpTransport: Effect.Effect<Transport, never, HttpClient.HttpClient> = Effect.gen(
  function* () {
    // Effect 3 has no such module, and this entry has to load beside it for as long as it takes to say so.
    const http = yield* Effect.promise(() => import("effect/http"));
    const client = yield* http.HttpClient.HttpClient;
    const context = yield* Effect.context<never>();
    return (request) =>
      new Observable<HttpResponse>((subscriber) => {
        const fiber = Effect.runForkWith(context)(exchange(http, client, request));
        fiber.addObserver((exit) => {
          if (Exit.isFailure(exit)) return subscriber.error(failureOf(exit.cause));
          const { status, headers, stream } = exit.value;
          subscriber.next({ status, headers: { ...headers }, body: bytesOf(stream, context) });
          subscriber.complete();
        });
        return () => fiber.interruptUnsafe();
      });
  },
);

function exchange(
  { FetchHttpClient, HttpClientRequest, HttpTraceContext }: Http,
  client: HttpClient.HttpClient,
  { method, url, headers, body }: HttpRequest,
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError> {
  const { "Content-Type": contentType, ...others } = headers;
  const request = HttpClientRequest.make(method as "POST")(url, { headers: others }).pipe(
    body.length === 0 ? (same) => same : HttpClientRequest.bodyUint8Array(body, contentType),
  );
  const sent = Effect.provideService(client.execute(request), FetchHttpClient.RequestInit, {
    redirect: "manual",
  });
  const batch = HttpTraceContext.fromHeaders(request.headers);
  return Option.isSome(batch)
    ? Effect.withParentSpan(sent, batch.value, { captureStackTrace: false })
    : sent;
}

function bytesOf<E>(
  stream: Stream.Stream<Uint8Array, E>,
  context: Context.Context<never>,
): Observable<Uint8Array> {
  return new Observable((subscriber) => {
    const reading = Stream.runForEach(
      stream,
      (chunk) => Effect.sync(() => subscriber.next(chunk)),
    );
    const fiber: Fiber.Fiber<void, E> = Effect.runForkWith(context)(reading);
    fiber.addObserver((exit) => {
      if (Exit.isFailure(exit)) subscriber.error(failureOf(exit.cause));
      else subscriber.complete();
    });
    return () => fiber.interruptUnsafe();
  });
}

/** A request that could not even be made was surely not sent; of all else nobody knows. */
function failureOf(cause: Cause.Cause<unknown>): unknown {
  const error = cause.reasons.find((reason) => reason._tag === "Fail")?.error as
    | HttpClientError.HttpClientError
    | undefined;
  const tag = error?.reason?._tag;
  return tag === "EncodeError" || tag === "InvalidUrlError"
    ? notSent(error)
    : cutOff(error ?? cause);
}
