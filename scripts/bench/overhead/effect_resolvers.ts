import { setImmediate } from "node:timers/promises";
import type { Request as EffectRequest } from "effect3";
import type { Operation } from "../../../mod.ts";
import type { Endpoint } from "./endpoint.ts";
import { OPERATIONS_PER_TURN, type Run } from "./flow.ts";

/** The resolver of effect 3, as its documentation has it. */
export async function effect3Resolver(endpoint: Endpoint): Promise<Run> {
  const { Effect, Request, RequestResolver } = await import("effect3");
  interface Load extends EffectRequest.Request<string> {
    readonly _tag: "Load";
    readonly url: string;
  }
  const loadOf = Request.tagged<Load>("Load");
  const resolver = RequestResolver.makeBatched((loads: readonly Load[]) =>
    Effect.promise(() => endpoint.answer(loads.map(({ url }) => url))).pipe(
      Effect.flatMap((answers) =>
        Effect.forEach(loads, (load, at) => Request.succeed(load, answers[at]!), {
          discard: true,
        })
      ),
    )
  );
  return inTurns((operations) =>
    Effect.runPromise(Effect.forEach(
      operations,
      ({ url }) => Effect.request(loadOf({ url }), resolver),
      // Its own way to batch; with `concurrency` besides, a fiber each takes three times as long.
      { batching: true },
    ))
  );
}

/** The resolver of effect 4, which collects by fibers and has no other way. */
export async function effect4Resolver(endpoint: Endpoint): Promise<Run> {
  const { Effect, Exit, Request, RequestResolver } = await import("effect");
  class Load extends Request.Class<{ readonly url: string }, string> {}
  const resolver = RequestResolver.make<Load>((entries) =>
    Effect.map(
      Effect.promise(() => endpoint.answer(entries.map(({ request }) => request.url))),
      (answers) => entries.forEach((entry, at) => entry.completeUnsafe(Exit.succeed(answers[at]!))),
    )
  );
  return inTurns((operations) =>
    Effect.runPromise(Effect.forEach(
      operations,
      ({ url }) => Effect.request(new Load({ url }), resolver),
      { concurrency: "unbounded" },
    ))
  );
}

function inTurns(all: (operations: readonly Operation[]) => Promise<readonly unknown[]>): Run {
  return async (operations, flow) => {
    if (flow === "burst") return (await all(operations)).length;
    const turns: Promise<readonly unknown[]>[] = [];
    for (let at = 0; at < operations.length; at += OPERATIONS_PER_TURN) {
      turns.push(all(operations.slice(at, at + OPERATIONS_PER_TURN)));
      await setImmediate();
    }
    return (await Promise.all(turns)).reduce((count, answers) => count + answers.length, 0);
  };
}
