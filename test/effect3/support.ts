import { Chunk, Effect, type Scope, TestContext } from "effect3";
import { type BatchOptions, createBatcher } from "../../mod.ts";
import { type BatchService, type EffectOptions, makeBatchService } from "../../src/effect3.ts";
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
    Effect.provide(Effect.scoped(effect), TestContext.TestContext),
  );
}

/** Lets every fiber run as far as it can. */
export const settle: Effect.Effect<void> = Effect.repeatN(Effect.yieldNow(), 20);

/** What a stream has collected. */
export const arrayOf: <A>(chunk: Chunk.Chunk<A>) => readonly A[] = Chunk.toReadonlyArray;
