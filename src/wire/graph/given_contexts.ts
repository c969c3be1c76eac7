import { lengthOf, OperationError } from "../../operation/errors.ts";
import type { Operation } from "../../operation/operation.ts";
import { faultInPath } from "../contained_path.ts";
import { readGraphContext } from "./context.ts";
import { keepingSlashes } from "./slashes.ts";

/** What the `context` of an operation says. */
export interface GivenContext {
  /** `me`, `users/…` or `groups/…`. */
  readonly lane: string;
  /** What follows the version, up to a plain path; `undefined` where that must be looked at together with the path. */
  readonly root: string | undefined;
}

/** The most contexts that are remembered: a million mailboxes seen once must not stay in memory. */
const MAX_REMEMBERED = 4096;

/** Reads each context once: many operations have the same few, mostly in turn. */
export class GivenContexts {
  readonly #remembered = new Map<string, GivenContext>();

  /** @throws {OperationError} when it is no context */
  of(operation: Operation, context: string): GivenContext {
    let given = this.#remembered.get(context);
    if (given === undefined) {
      given = read(operation, context);
      if (this.#remembered.size === MAX_REMEMBERED) this.#remembered.clear();
      this.#remembered.set(context, given);
    }
    return given;
  }
}

function read(operation: Operation, context: string): GivenContext {
  const path = context.replace(/^\//, "");
  const found = readGraphContext(path);
  if (found?.length === path.length && !found.isUnsafe) {
    const isContained = faultInPath(path) === undefined;
    return { lane: found.name, root: isContained ? `/${keepingSlashes(path)}/` : undefined };
  }
  throw new OperationError(
    `Cannot send a ${operation.method} operation through Graph as its context must be me, users/… or groups/…: current value is ${
      lengthOf("a context", context)
    }`,
    { operation },
  );
}
