import type { Operation } from "../../../src/operation/operation.ts";
import { get, post } from "../../../src/operation/make.ts";
import { outlookWire } from "../../../src/wire/outlook/outlook.ts";
import type { WriteCase } from "./cases.ts";
import type { Prepare } from "./readers.ts";

const BOUNDARY = "batch_26c548337e80d0044bf622c98582cbee";
const PART = `--${BOUNDARY}\r\nContent-Type: application/http\r\n` +
  "Content-Transfer-Encoding: binary\r\nContent-ID: ";

function concatenated(messages: readonly { head: string; body: string }[]): string {
  let text = "";
  for (const [at, { head, body }] of messages.entries()) {
    text += `${PART}${at + 1}\r\n\r\n${head}\r\n\r\n${body}\r\n`;
  }
  return `${text}--${BOUNDARY}--\r\n`;
}

/** Nothing is checked here, and heads and bodies are there already. */
function messagesOf({ operations }: WriteCase): { head: string; body: string }[] {
  return operations.map(({ url, body }) => ({
    head: body === undefined
      ? `GET /api/v2.0/me/${url} HTTP/1.1`
      : `POST /api/v2.0/me/${url} HTTP/1.1\r\nContent-Type: application/json`,
    body: body === undefined ? "" : JSON.stringify(body),
  }));
}

function madeFrom(operations: WriteCase["operations"]): readonly Operation[] {
  return operations.map(({ url, body }) => body === undefined ? get(url) : post(url, body));
}

/** From operations that exist to a body that can be posted. */
export const WRITING: Readonly<Record<string, Prepare<WriteCase>>> = {
  "string concatenation to bytes (floor)": (one) => {
    const messages = messagesOf(one);
    const encoder = new TextEncoder();
    return () => encoder.encode(concatenated(messages));
  },
  rxbatch: ({ operations }) => {
    const wire = outlookWire();
    const made = madeFrom(operations);
    return () => {
      const context = wire.contextOf(made[0]!);
      const encoded = made.map((operation) => wire.encodeOne(operation, wire.contextOf(operation)));
      return wire.encode(encoded, context);
    };
  },
  "rxbatch, sealing alone": ({ operations }) => {
    const wire = outlookWire();
    const made = madeFrom(operations);
    const context = wire.contextOf(made[0]!);
    const encoded = made.map((operation) => wire.encodeOne(operation, context));
    return () => wire.encode(encoded, context);
  },
  "@sap-cloud-sdk/odata-common": async ({ operations }) => {
    const { serializeBatchRequest } = await import("@sap-cloud-sdk/odata-common/internal.js");
    const requests = operations.map(({ url, body }) => ({
      requestConfig: {
        method: body === undefined ? "get" : "post",
        payload: body,
        defaultHeaders: body === undefined ? {} : { "content-type": "application/json" },
        customHeaders: {},
        customQueryParameters: {},
        appendedPaths: [],
        basePath: "/api/v2.0/me",
        resourcePath: () => url,
        queryParameters: () => ({}),
      },
    }));
    const batch = { requests, requestConfig: { boundary: BOUNDARY } };
    const encoder = new TextEncoder();
    // Only what the serialiser reads of its own request builders is there.
    const argument = batch as unknown as Parameters<typeof serializeBatchRequest>[0];
    return () => encoder.encode(serializeBatchRequest(argument));
  },
  "@microsoft/microsoft-graph-client": async ({ operations }) => {
    const { BatchRequestContent } = await import("@microsoft/microsoft-graph-client");
    const encoder = new TextEncoder();
    const init = operations.map(({ url, body }) => ({
      url: `https://graph.microsoft.com/v1.0/me/${url}`,
      init: body === undefined ? {} : {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      },
    }));
    return async () => {
      // A Request can be read once only, so that each run needs new ones.
      const steps = init.map((one, at) => ({
        id: String(at + 1),
        request: new Request(one.url, one.init),
      }));
      const content = await new BatchRequestContent(steps).getContent();
      return encoder.encode(JSON.stringify(content));
    };
  },
};
