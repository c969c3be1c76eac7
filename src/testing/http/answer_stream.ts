import { ConnectionBroken } from "./http.ts";

/** Who must be told how a body ended. */
export interface StreamWatch {
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
  /** The client has dropped the body. */
  cancel(): void;
  /** Nothing of the body will follow; called once. */
  end(): void;
}

/** A body that is made as it is read: nothing is produced ahead of the reader. */
export function streamOf(
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
  watch: StreamWatch,
): ReadableStream<Uint8Array> {
  let over = false;
  const finish = (close: () => void): void => {
    if (over) return;
    over = true;
    watch.end();
    close();
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const leave = (): void => finish(() => controller.error(watch.signal.reason));
      if (watch.signal.aborted) leave();
      else watch.signal.addEventListener("abort", leave, { once: true });
    },
    async pull(controller) {
      try {
        const { done, value } = await chunks.next();
        if (done === true) finish(() => controller.close());
        else if (!over) controller.enqueue(value);
      } catch (error) {
        finish(() => controller.error(networkError(error)));
      }
    },
    cancel() {
      if (over) return;
      over = true;
      watch.cancel();
      watch.end();
    },
  }, { highWaterMark: 0 });
}

/** A broken connection in the shape in which `fetch` reports it; anything else as it is. */
export function networkError(error: unknown): unknown {
  if (!(error instanceof ConnectionBroken)) return error;
  return new TypeError(
    `Cannot fetch an answer as the connection must hold: current value is ${error.code}`,
    { cause: error },
  );
}

/** Unpacks a body, as every client does whose server names a Content-Encoding. */
export function unpacked(response: Response): Response {
  if (response.headers.get("content-encoding") !== "gzip" || response.body === null) {
    return response;
  }
  const body = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>)
    .pipeThrough(new DecompressionStream("gzip"));
  return new Response(body, response);
}
