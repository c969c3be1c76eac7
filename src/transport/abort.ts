import type { HttpRequest, QuietRequest } from "./transport.ts";

/** Has whoever sends the request given up already? */
export function isAborted(request: HttpRequest): boolean {
  return isQuiet(request) ? request.isAborted : request.signal.aborted;
}

/** Calls back when whoever sends the request gives up. @returns what ends this */
export function whenAborted(request: HttpRequest, listener: () => void): () => void {
  if (isQuiet(request)) return request.whenAborted(listener);
  const { signal } = request;
  signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}

function isQuiet(request: HttpRequest): request is QuietRequest {
  return (request as Partial<QuietRequest>).isSame?.(request) === true;
}
