import { type HttpClient, HttpErrorResponse, type HttpHeaders } from "@angular/common/http";
import type { HttpResponse, Transport } from "@rxbatch/rxbatch";
import { catchError, map, of, throwError } from "rxjs";

/**
 * Sends batches by Angular's HttpClient, so its interceptors see each POST.
 *
 * Unsubscribing aborts, as HttpClient does. An answer with an error status is an answer here too; without one nobody knows
 * whether anything ran.
 */
export function httpClientTransport(http: HttpClient): Transport {
  return ({ method, url, headers, body }) =>
    http.request(method, url, {
      // A buffer of its own: a view would be sent with all that stands beside it.
      body: new Uint8Array(body).buffer,
      headers: { ...headers },
      observe: "response",
      responseType: "arraybuffer",
    }).pipe(
      map(({ status, headers, body }) => answer(status, headers, body)),
      catchError((error: unknown) =>
        error instanceof HttpErrorResponse && error.status > 0
          ? of(answer(error.status, error.headers, error.error))
          : throwError(() => error)
      ),
    );
}

function answer(
  status: number,
  headers: HttpHeaders,
  body: unknown,
): HttpResponse {
  return {
    status,
    headers: Object.fromEntries(
      headers.keys().map((
        name,
      ) => [name.toLowerCase(), headers.getAll(name)!.join(", ")]),
    ),
    body: body instanceof ArrayBuffer ? [new Uint8Array(body)] : [],
  };
}
