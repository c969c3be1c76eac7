import { Refusal } from "./http.ts";

/** What a route does, by method; HEAD is GET without the body. */
export type Methods<Handler> = Readonly<Partial<Record<string, Handler>>>;

/** Where a path leads. */
export interface Match<Handler> {
  readonly handler: Handler;
  /** What stands for `:name` in the pattern. */
  readonly parameters: Readonly<Record<string, string>>;
}

interface Route<Handler> {
  readonly steps: readonly string[];
  readonly methods: Methods<Handler>;
}

/**
 * A table of paths. In a pattern `a|b` is one of these words in any letter case (kept as the parameter `collection`),
 * `:name` is anything; the first pattern that fits wins.
 */
export class Routes<Handler> {
  readonly #routes: readonly Route<Handler>[];

  constructor(table: Readonly<Record<string, Methods<Handler>>>) {
    this.#routes = Object.entries(table).map(([pattern, methods]) => ({
      steps: pattern === "" ? [] : pattern.split("/"),
      methods,
    }));
  }

  /** @throws {Refusal} 404 for a path, 405 for a method that the table does not know */
  find(method: string, path: readonly string[]): Match<Handler> {
    for (const { steps, methods } of this.#routes) {
      const parameters = fit(steps, path);
      if (parameters === undefined) continue;
      const handler = methods[method === "HEAD" ? "GET" : method];
      if (handler !== undefined) return { handler, parameters };
      throw new Refusal(405, "ErrorMethodNotAllowed", "This resource does not take this method.", {
        Allow: Object.keys(methods).flatMap((name) => name === "GET" ? ["GET", "HEAD"] : [name])
          .join(", "),
      });
    }
    throw new Refusal(
      404,
      "RequestBroker-ParseUri",
      `Resource not found for the segment '${path.at(-1) ?? ""}'.`,
    );
  }
}

function fit(
  steps: readonly string[],
  path: readonly string[],
): Record<string, string> | undefined {
  if (steps.length !== path.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [at, step] of steps.entries()) {
    const given = path[at] as string;
    if (step.startsWith(":")) {
      parameters[step.slice(1)] = given;
    } else {
      const word = given.toLowerCase();
      if (!step.split("|").includes(word)) return undefined;
      if (step.includes("|")) parameters["collection"] = word;
    }
  }
  return parameters;
}

/** The decoded segments of a path; `messages('x')` is `messages/x`, as OData writes a key either way. */
export function segmentsOf(pathname: string): string[] {
  return pathname.split("/").filter((segment) => segment !== "").flatMap((segment) => {
    const text = decodedSegment(segment);
    const keyed = /^([A-Za-z]+)\('(.*)'\)$/.exec(text);
    return keyed === null
      ? [text]
      : [keyed[1] as string, (keyed[2] as string).replaceAll("''", "'")];
  });
}

/** The decoded segments of a path, with the key in the segment that it belongs to. */
export function segmentsIn(pathname: string): string[] {
  return pathname.split("/").filter((segment) => segment !== "").map(decodedSegment);
}

/** @throws {Refusal} 400 when a percent sign begins no octet */
export function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Refusal(400, "RequestBroker-ParseUri", "The URL holds a percent sign out of place.");
  }
}
