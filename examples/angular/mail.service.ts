import { HttpClient } from "@angular/common/http";
import { inject, Injectable, InjectionToken, type OnDestroy } from "@angular/core";
import { type Batcher, createGraphBatcher, get, pages, uri } from "@rxbatch/rxbatch";
import { map, type Observable, scan } from "rxjs";
import { httpClientTransport } from "./http_client_transport.ts";

/** Gives the token of who has signed in: MSAL's acquireTokenSilent, for example. */
export const ACCESS_TOKEN: InjectionToken<() => Promise<string>> = new InjectionToken(
  "ACCESS_TOKEN",
);

export interface Message {
  readonly id: string;
  readonly subject: string;
}

/** Mail of the signed-in user: whatever components ask for at the same moment goes in one batch. */
@Injectable({ providedIn: "root" })
export class MailService implements OnDestroy {
  readonly #batcher: Batcher = createGraphBatcher({
    token: inject(ACCESS_TOKEN),
    transport: httpClientTransport(inject(HttpClient)),
    // Two components that show the same message read it once.
    shareReads: true,
  });

  /** Cold: unsubscribing, as a template's `async` pipe does, withdraws it. */
  message(id: string): Observable<Message> {
    return this.#batcher.send(
      get<Message>(uri`/me/messages/${id}?$select=subject`),
    ).pipe(
      map(({ body }) => body),
    );
  }

  /** All that has come so far, page by page. */
  inbox(): Observable<readonly Message[]> {
    return pages(
      this.#batcher,
      get<{ value: Message[] }>("/me/messages?$select=subject"),
    ).pipe(
      scan((all: readonly Message[], { body }) => [...all, ...body.value], []),
    );
  }

  ngOnDestroy(): void {
    void this.#batcher.close();
  }
}
