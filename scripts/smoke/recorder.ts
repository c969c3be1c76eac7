import { fetchTransport, type HttpRequest, type Transport } from "@rxbatch/rxbatch";
import { concat, defer, from, ignoreElements, lastValueFrom, map, tap, toArray } from "rxjs";
import { type Exchange, partsIn, seenHeaders, sentIn } from "./seen.ts";

/** Which service, as whom, and through what. */
export interface SmokeService {
  readonly baseUrl: string;
  readonly token: string;
  readonly fetch: typeof fetch;
}

/** Keeps what goes over the wire, as far as it may be told. */
export class Recorder {
  readonly exchanges: Exchange[] = [];
  /** The probe that runs. */
  probe = "";
  readonly #service: SmokeService;
  readonly #send: Transport;

  constructor(service: SmokeService) {
    this.#service = service;
    this.#send = fetchTransport(service.fetch);
  }

  /** What a batcher is given. */
  readonly transport: Transport = (request) =>
    from(this.#send(request)).pipe(map((answer) => {
      const chunks: Uint8Array[] = [];
      const seen = defer(() => {
        this.#keep(request, answer, chunks);
        return [];
      });
      const body = from(answer.body).pipe(tap((chunk) => chunks.push(chunk)));
      return { ...answer, body: concat(body, seen) };
    }));

  /** One GET without a batch. */
  async alone(path: string): Promise<void> {
    const answer = await this.#service.fetch(`${this.#service.baseUrl}${path}`, {
      headers: this.#headers(),
      redirect: "manual",
    });
    await answer.arrayBuffer();
    const headers = seenHeaders(Object.fromEntries(answer.headers));
    const { probe } = this;
    this.exchanges.push({ probe, sent: [], status: answer.status, headers, parts: undefined });
  }

  /** A batch of GETs that a batcher would not write; `dependsOn` by the place of each. */
  async raw(paths: readonly string[], dependsOn: Readonly<Record<number, number>>): Promise<void> {
    const requests = paths.map((url, at) => {
      const parent = dependsOn[at];
      const needs = parent === undefined ? {} : { dependsOn: [`${parent + 1}`] };
      return { id: `${at + 1}`, ...needs, method: "GET", url: `/${url}` };
    });
    const request = {
      method: "POST",
      url: `${this.#service.baseUrl}$batch`,
      headers: { ...this.#headers(), "Content-Type": "application/json" },
      body: new TextEncoder().encode(JSON.stringify({ requests })),
      signal: new AbortController().signal,
    };
    const answer = await lastValueFrom(from(this.transport(request)));
    await lastValueFrom(from(answer.body).pipe(ignoreElements(), toArray()));
  }

  #headers(): Readonly<Record<string, string>> {
    return { Authorization: `Bearer ${this.#service.token}`, Accept: "application/json" };
  }

  #keep(
    request: HttpRequest,
    { status, headers }: { status: number; headers: Readonly<Record<string, string>> },
    chunks: readonly Uint8Array[],
  ): void {
    this.exchanges.push({
      probe: this.probe,
      sent: sentIn(request.body),
      status,
      headers: seenHeaders(headers),
      parts: partsIn(joined(chunks), this.#service.baseUrl),
    });
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
