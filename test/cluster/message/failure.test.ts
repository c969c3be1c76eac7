import { Schema } from "effect";
import { describe, expect, it } from "vitest";
import {
  type BatchError,
  BatchHttpError,
  BatchTimeoutError,
  ClosedError,
  DecodeError,
  DependencyError,
  get,
  LimitError,
  NotExecutedError,
  OperationError,
  post,
  ResponseError,
  TransportError,
} from "../../../mod.ts";
import { failureOf, WireFailure } from "../../../src/cluster/message/failure.ts";
import { errorOf } from "../../../src/cluster/message/restored.ts";

const read = Schema.decodeUnknownSync(Schema.fromJsonString(WireFailure));

const onRunner = get("me/messages", { label: "read" });
const atClient = get("me/messages", { label: "read" });
const init = { operation: onRunner, attempts: 2 };
const message =
  `Cannot send operation ${onRunner.id} (read) as it must be so: current value is not`;
const response = {
  operation: onRunner,
  status: 409,
  headers: { "content-type": "application/json" },
  body: { error: { code: "Taken", message: "no" } },
  attempts: 2,
};

const errors: readonly BatchError[] = [
  new OperationError(message, init),
  new ResponseError(message, { ...init, response }),
  new NotExecutedError(message, { ...init, certain: true }),
  new NotExecutedError(message, { ...init, certain: false }),
  new DependencyError(message, { ...init, cause: new ClosedError("closed") }),
  new BatchHttpError(message, { ...init, status: 500, headers: { a: "b" }, detail: "text" }),
  new DecodeError(message, { ...init, isTruncated: true, status: 200, detail: "{" }),
  new TransportError(message, { ...init, sent: false, isFinal: true }),
  new BatchTimeoutError(message, init),
  new LimitError(message, { ...init, limit: "maxRetries" }),
  new ClosedError(message, init),
];

/** All that an error says, but for whose it is. */
function told(error: BatchError): unknown {
  const { message: _message, operation: _operation, cause, ...rest } = error;
  const hidden = error instanceof ResponseError
    ? { body: error.response.body, detail: error.detail, code: error.code }
    : { detail: (error as { detail?: unknown }).detail };
  const { _tag } = error;
  return { ...rest, ...hidden, _tag, cause: (cause as BatchError | undefined)?._tag };
}

describe("an error in a message", () => {
  it.each(errors.map((error) => [error._tag, error] as const))(
    "%s comes back as an object of its class that says the same",
    (_tag, error) => {
      const wire = read(JSON.stringify(failureOf(error)));
      const back = errorOf(wire, { operation: atClient, built: atClient });
      expect(back).toBeInstanceOf(error.constructor);
      expect(told(back)).toEqual(told(error));
      expect(back.operation).toBe(atClient);
      expect(back.message).toBe(
        message.replace(`operation ${onRunner.id}`, `operation ${atClient.id}`),
      );
    },
  );

  it("says of somebody else's error its class alone, for the rest may be a secret", () => {
    const cause = new TypeError("token abc was refused");
    const error = new NotExecutedError(message, { ...init, cause, certain: true });
    const text = JSON.stringify(failureOf(error));
    expect(text).not.toContain("abc");
    const back = errorOf(read(text), { operation: atClient, built: atClient });
    expect((back.cause as Error).name).toBe("TypeError");
  });

  it("of a class that this version does not know says that nobody knows", () => {
    const wire = { tag: "LaterError", message: "Cannot", attempts: 1 };
    const back = errorOf(wire, { operation: post("x"), built: post("x") });
    expect(back).toMatchObject({ _tag: "NotExecutedError", certain: false });
  });

  it("ends a circle of causes", () => {
    const error = new NotExecutedError(message, { ...init, certain: true });
    Object.defineProperty(error, "cause", { value: error });
    expect(JSON.stringify(failureOf(error)).length).toBeLessThan(2_000);
  });
});
