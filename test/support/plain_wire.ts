import {
  type BatchContext,
  DecodeError,
  type Decoder,
  type EncodedOperation,
  type Operation,
  type Part,
  type ResponseHead,
  type Wire,
} from "../../mod.ts";

/** One part of a plain answer, as a test writes it. */
export interface PlainPart {
  /** The place that its id names; without it the part carries no id. */
  readonly index?: number | undefined;
  /** It stands for no single operation: what it holds instead. */
  readonly members?: readonly PlainPart[] | undefined;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A dialect with nothing in it: a batch is a JSON list of URLs, a part is a line of JSON. */
export function plainWire(overrides: Partial<Wire> = {}): Wire {
  return {
    name: "plain",
    maxBatchSize: 20,
    order: "any",
    contextOf(operation: Operation): BatchContext {
      const name = operation.context ?? "me";
      return { key: name, name, url: `https://plain.example/${name}/$batch` };
    },
    encodeOne(operation: Operation): EncodedOperation {
      return { operation, bytes: operation.url.length };
    },
    encode(operations, context) {
      return {
        method: "POST",
        url: context.url,
        headers: { "Content-Type": "application/json" },
        body: encoder.encode(JSON.stringify(operations.map(({ operation }) => operation.url))),
      };
    },
    decoder(head: ResponseHead): Decoder | undefined {
      return head.headers["content-type"] === "text/html" ? undefined : new LineDecoder();
    },
    ...overrides,
  };
}

/** For a wire on which all contexts may share a POST. */
export function mixingContextOf({ context = "me" }: Operation): BatchContext {
  return { key: context, name: context, url: "https://plain.example/all/$batch", mix: "all" };
}

class LineDecoder implements Decoder {
  #text = "";

  *write(chunk: Uint8Array): Iterable<Part> {
    this.#text += decoder.decode(chunk);
    const lines = this.#text.split("\n");
    this.#text = lines.pop()!;
    for (const line of lines) yield partOf(parsed(line));
  }

  end(): Iterable<Part> {
    return [];
  }
}

function parsed(line: string): PlainPart {
  try {
    return JSON.parse(line) as PlainPart;
  } catch {
    throw new DecodeError(
      "Cannot decode a line as it must be JSON: current value is one that is none",
    );
  }
}

function partOf({ index, members, status = 200, headers = {}, body }: PlainPart): Part {
  return { index, members: members?.map(partOf), status, headers, readBody: () => body };
}

/** The bytes of a plain answer. */
export function plainBody(parts: readonly PlainPart[]): Uint8Array {
  return encoder.encode(parts.map((part) => `${JSON.stringify(part)}\n`).join(""));
}

/** What a plain batch asks for. */
export function urlsOf(body: Uint8Array): string[] {
  return JSON.parse(decoder.decode(body)) as string[];
}
