import { bodyFormatOf } from "../mime/body.ts";
import { kindOf } from "../operation/check/kind.ts";
import { OperationError } from "../operation/errors.ts";
import { headerOf } from "../operation/headers.ts";
import { AS_IT_CAME, keptValueOf } from "../operation/json/kept_value.ts";
import type { Operation } from "../operation/operation.ts";
import type { ServiceOptions } from "../options/options.ts";
import { checkedJsonFunction } from "./service.ts";

/** An operation's body as a wire writes it. */
export type BodyWriter = (operation: Operation) => Operation["body"];

const asItIs: BodyWriter = ({ body }) => body;

/**
 * How bodies are written: by `stringifyJson`, once each, where they were given as values, else as they are.
 *
 * @param options as the user gave them
 * @returns what gives an operation's body; it throws OperationError when that cannot be written
 * @throws {TypeError} when `stringifyJson` is no function
 */
export function bodyWriter(options: ServiceOptions): BodyWriter {
  const stringifyJson = checkedJsonFunction(options, "stringifyJson");
  if (stringifyJson === undefined) return asItIs;
  /** Every attempt sends the same text. */
  const texts = new WeakMap<Operation, string>();
  return (operation) => {
    if (!hasValue(operation)) return operation.body;
    let text = texts.get(operation);
    if (text === undefined) {
      text = written(operation, stringifyJson);
      texts.set(operation, text);
    }
    return text;
  };
}

/** Bytes and text go as they are. */
function hasValue(operation: Operation): boolean {
  const kept = keptValueOf(operation);
  if (kept !== undefined) return kept !== AS_IT_CAME;
  return typeof operation.body === "string" &&
    bodyFormatOf(headerOf(operation.headers, "content-type")).kind === "json";
}

function written(operation: Operation, stringifyJson: (value: unknown) => string): string {
  let text: unknown;
  try {
    text = stringifyJson(valueOf(operation));
  } catch (cause) {
    throw refused(operation, "one on which it threw", cause);
  }
  if (typeof text === "string") return text;
  throw refused(operation, `one of which it made ${kindOf(text)}`);
}

function valueOf(operation: Operation): unknown {
  const kept = keptValueOf(operation);
  return kept === undefined || kept === AS_IT_CAME
    ? JSON.parse(operation.body as string)
    : kept.get();
}

function refused(operation: Operation, value: string, cause?: unknown): OperationError {
  return new OperationError(
    `Cannot put a ${operation.method} operation into a batch as stringifyJson must make a text of its body: current value is ${value}`,
    { operation, cause },
  );
}
