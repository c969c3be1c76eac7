import { of, VirtualTimeScheduler } from "rxjs";
import {
  type AnyOperation,
  type Batcher,
  type BatchError,
  createODataBatcher,
  type ODataOptions,
  type OperationResponse,
} from "../../../mod.ts";

const BASE = "https://services.example/odata/";
const CRLF = "\r\n";

/** One message in an answer. */
export interface Answer {
  readonly id?: number | string;
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: readonly string[];
}

function messageOf({ id, status, body, headers = [] }: Answer): string {
  return [
    "Content-Type: application/http",
    ...(id === undefined ? [] : [`Content-ID: ${id}`]),
    "",
    `HTTP/1.1 ${status} -`,
    ...headers,
    ...(body === undefined ? [""] : ["Content-Type: application/json", "", JSON.stringify(body)]),
  ].join(CRLF);
}

/** A list is a change set. */
export function multipart(places: readonly (Answer | readonly Answer[])[]): string {
  const wrap = (boundary: string, parts: readonly string[]) =>
    `${parts.map((part) => `--${boundary}${CRLF}${part}${CRLF}`).join("")}--${boundary}--${CRLF}`;
  return wrap(
    "outer",
    places.map((place) =>
      "status" in place
        ? messageOf(place)
        : `Content-Type: multipart/mixed; boundary=inner${CRLF}${CRLF}${
          wrap("inner", place.map(messageOf))
        }`
    ),
  );
}

/** An OData service in virtual time that answers as a test says; what it was sent is kept. */
export class Service {
  readonly clock: VirtualTimeScheduler = new VirtualTimeScheduler();
  readonly sent: string[] = [];
  readonly told: string[] = [];
  readonly errors: BatchError[] = [];
  readonly batcher: Batcher;

  constructor(
    answer: (text: string, number: number) => string,
    options: Partial<ODataOptions> = {},
  ) {
    this.batcher = createODataBatcher({
      baseUrl: BASE,
      scheduler: this.clock,
      transport: (request) => {
        const text = new TextDecoder().decode(request.body);
        this.sent.push(text);
        const body = answer(text, this.sent.length);
        const type = body.startsWith("{") ? "application/json" : "multipart/mixed; boundary=outer";
        return of({
          status: 200,
          headers: { "content-type": type },
          body: of(new TextEncoder().encode(body)),
        });
      },
      ...options,
    });
  }

  send(name: string, operation: AnyOperation): { response: OperationResponse | undefined } {
    const kept: { response: OperationResponse | undefined } = { response: undefined };
    this.batcher.send(operation).subscribe({
      next: (response) => {
        kept.response = response;
        this.told.push(`${name} ${response.status}`);
      },
      error: (error: BatchError) => {
        this.errors.push(error);
        this.told.push(`${name} ${error._tag}`);
      },
    });
    return kept;
  }

  run(): this {
    this.clock.flush();
    return this;
  }
}

/** Request lines in the order in which they were written. */
export function linesOf(text = ""): string[] {
  return [...text.matchAll(/^(\w+ \S+) HTTP\/1.1\r$/gm)].map(([, line]) => line!);
}
