import { Effect, type Scope } from "effect";
import { TestClock } from "effect/testing";
import { type BatchOptions, createBatcher } from "../../mod.ts";
import { type BatchService, type EffectOptions, makeBatchService } from "../../src/effect.ts";
import { plainWire } from "../support/plain_wire.ts";
import type { Server } from "../support/server.ts";

export { Server } from "../support/server.ts";

/** A service of the plain dialect. */
export function plainService<R = never>(
  server: Server,
  options: EffectOptions<BatchOptions, R> = {},
): Effect.Effect<BatchService, never, R | Scope.Scope> {
  return makeBatchService<BatchOptions, R>(
    (batchOptions) => createBatcher(plainWire(), batchOptions),
    { transport: server.transport, ...options },
  );
}

/** Runs in virtual time, in a scope of its own. */
export function runTest<A, E>(effect: Effect.Effect<A, E, Scope.Scope>): Promise<A> {
  return Effect.runPromise(
    Effect.provide(Effect.scoped(effect), TestClock.layer()),
  );
}

/** Lets every fiber run as far as it can. */
export const settle: Effect.Effect<void> = Effect.forEach(
  Array.from({ length: 20 }),
  () => Effect.yieldNow,
  { discard: true },
);
