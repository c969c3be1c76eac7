import { Cause, Effect, Exit } from "effect3";
import { inspect } from "node:util";
import { describe, expect, expectTypeOf, it } from "vitest";
import { type BatchError, ClosedError, get } from "../../../mod.ts";
import { yieldable } from "../../../src/effect3.ts";
import { plainService, runTest, Server } from "../support.ts";

const missing = () => ({ status: 404, body: { error: { code: "ErrorItemNotFound" } } });

/** One handler for each error that there is. */
function handled<A, R>(
  effect: Effect.Effect<A, ReturnType<typeof yieldable>, R>,
): Effect.Effect<A | string, never, R> {
  const tag = ({ _tag }: BatchError) => Effect.succeed(_tag);
  return Effect.catchTags(effect, {
    OperationError: tag,
    ResponseError: ({ code }) => Effect.succeed(code ?? "none"),
    NotExecutedError: tag,
    DependencyError: tag,
    BatchHttpError: tag,
    DecodeError: tag,
    SchemaError: tag,
    TransportError: tag,
    BatchTimeoutError: tag,
    LimitError: tag,
    ClosedError: tag,
  });
}

describe("errors", () => {
  it("fail the generator that yields them, whichever member of the service they come from", () =>
    runTest(Effect.gen(function* () {
      const { send, request } = yield* plainService(new Server(missing), {
        maxBatchSize: 1,
      });
      const ways = [send(get("a")), request(get("a"))];
      for (const failing of ways) {
        const error = yield* Effect.flip(failing);
        const exit = yield* Effect.exit(Effect.gen(function* () {
          yield* error;
          return "not reached";
        }));
        expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toBe(error);
      }
    })));

  it("are all known to catchTags", () =>
    runTest(Effect.gen(function* () {
      const { send } = yield* plainService(new Server(missing), { maxBatchSize: 1 });
      const nothingLeft = handled(send(get("a")));
      expectTypeOf<Effect.Effect.Error<typeof nothingLeft>>().toEqualTypeOf<never>();
      expect(yield* nothingLeft).toBe("ErrorItemNotFound");
      expect(yield* handled(yieldable(new ClosedError("Cannot send")))).toBe("ClosedError");
    })));

  it("are printed, and written as JSON, as they are without Effect", () => {
    const plain = new ClosedError("Cannot send");
    const error = yieldable(new ClosedError("Cannot send"));
    plain.stack = error.stack = "ClosedError: Cannot send";
    expect(JSON.stringify(error)).toBe(JSON.stringify(plain));
    expect(inspect(error)).toBe(inspect(plain));
    expect(String(error)).toBe(String(plain));
    expect(Object.keys(error)).toEqual(Object.keys(plain));
    expect(error).toBeInstanceOf(ClosedError);
  });
});
