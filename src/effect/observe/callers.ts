import { Context, Effect, Tracer } from "effect";
import type { AnyOperation } from "../../../mod.ts";

/** Who submitted an operation. */
export interface Caller {
  /** Whose tracer, clock and metric attributes count. */
  readonly context: Context.Context<never>;
  /** The span that is linked with the batch. */
  readonly span: Tracer.AnySpan | undefined;
  /** Was the span made for this operation, so that what becomes of it may be said there? */
  readonly isOwnSpan: boolean;
}

/** Who asks, and in which span. */
export const currentCaller: Effect.Effect<Caller> = Effect.map(
  Effect.context<never>(),
  (context) => callerIn(context),
);

/** Whoever runs in this context. */
export function callerIn(context: Context.Context<never>): Caller {
  const span = Context.getOrUndefined(context, Tracer.ParentSpan);
  return { context, span, isOwnSpan: false };
}

/** Who waits for what, by the operation's id: events name operations by nothing else. */
export class Callers {
  readonly #callers = new Map<number, Caller[]>();

  /** Is called before the operation is submitted; its `settled` event ends it. */
  join({ id }: AnyOperation, caller: Caller): void {
    const callers = this.#callers.get(id);
    if (callers === undefined) this.#callers.set(id, [caller]);
    else callers.push(caller);
  }

  of(operation: number): readonly Caller[] {
    return this.#callers.get(operation) ?? [];
  }

  /** One submission has ended; which one of several is all the same. */
  leave(operation: number): void {
    const callers = this.#callers.get(operation);
    if (callers !== undefined && callers.length > 1) callers.shift();
    else this.#callers.delete(operation);
  }

  /** For what joined, and was then never submitted. */
  forget(caller: Caller): void {
    for (const [id, callers] of this.#callers) {
      const others = callers.filter((other) => other !== caller);
      if (others.length === 0) this.#callers.delete(id);
      else this.#callers.set(id, others);
    }
  }
}
