import type { Operation } from "../../operation/operation.ts";
import { readGraphContext, TENANT } from "./context.ts";
import { GivenContexts } from "./given_contexts.ts";
import type { ServiceBase } from "../service.ts";
import { checkPath, pathBelow, refusedUrl } from "../service_url.ts";
import { keepingSlashes } from "./slashes.ts";

/** Where an operation's URL leads. */
export interface GraphPlace {
  /** `me`, `users/…`, `groups/…`, or `tenant`. */
  readonly lane: string;
  /** What follows the version, slash included; query as well. */
  readonly target: string;
}

const SERVICE = "Graph";
const VERSION = /^(?:v\d+\.\d+|beta)(?:[/?]|$)/i;
/** A plain path (`faultInPath` has the same) that names no context itself; most URLs beside a `context` are like this. */
const PLAIN_REST =
  /^(?!me(?:[/?]|$)|(?:users|groups)(?:[/?(]|%28|$))[^ ./\\%:;?$][^/\\%:;?$]*(?:\/[^./\\%:;?$][^/\\%:;?$]*)*(?:\?|$)/i;

/** Finds out where operations lead. */
export class GraphUrls {
  readonly #base: ServiceBase;
  readonly #contexts = new GivenContexts();

  /** @param base where the service is */
  constructor(base: ServiceBase) {
    this.#base = base;
  }

  /**
   * Where an operation leads: relative to the version with or without a leading slash, absolute, or, with a `context`,
   * relative to that (protocol C2).
   *
   * @param operation its URL and `context`
   * @returns lane and path
   * @throws {OperationError} when it leads elsewhere, or its `context` contradicts its URL
   */
  placeOf(operation: Operation): GraphPlace {
    const { url, context } = operation;
    if (context !== undefined && PLAIN_REST.test(url)) {
      const { lane, root } = this.#contexts.of(operation, context);
      if (root !== undefined) return { lane, target: root + url };
    }
    return this.#place(operation);
  }

  #place(operation: Operation): GraphPlace {
    const { url, context } = operation;
    const path = pathBelow(operation, this.#base, SERVICE) ??
      (url.startsWith("/") ? url.slice(1) : url);
    const found = readGraphContext(path);
    if (found?.isUnsafe === true) {
      throw refusedUrl(operation, SERVICE, "an id must hold no control characters once decoded");
    }
    const given = context === undefined ? undefined : this.#contexts.of(operation, context).lane;
    const isRelative = found === undefined && given !== undefined && path === url;
    const whole = isRelative ? `${context!.replace(/^\//, "")}/${path}` : path;
    if (VERSION.test(whole)) {
      throw refusedUrl(operation, SERVICE, "a URL must be of the version of baseUrl");
    }
    checkPath(operation, whole, SERVICE);
    const lane = isRelative ? given : found?.name ?? TENANT;
    if (given === undefined || given === lane) {
      return { lane, target: `/${keepingSlashes(whole)}` };
    }
    throw refusedUrl(operation, SERVICE, "its context must be that of its URL");
  }
}
