/** How a runtime prints a value: `util.inspect` of Node and Bun, `Deno.inspect`. */
type Inspect = (value: unknown, options?: unknown) => string;

/** What Node and Bun, and what Deno looks for when it prints an object. */
const OF_NODE = Symbol.for("nodejs.util.inspect.custom");
const OF_DENO = Symbol.for("Deno.customInspect");

/** The name of a class, and never a text of somebody's. */
const CLASS_NAME = /^[A-Za-z]\w{0,40}$/;

/**
 * Has the errors of a class printed without their causes, which may hold a token, a body or an address: runtimes print
 * the cause of an error although it is not enumerable. A cause of the same class is printed, as it prints itself.
 *
 * @param errorClass the class whose errors, and those of whatever extends it, are printed so
 */
export function hideCauses(errorClass: abstract new (...args: never[]) => Error): void {
  const { prototype } = errorClass;
  const shown = (error: Error) => {
    const { cause, name } = error;
    // Named as its class is, yet printed as any other error.
    const { [name]: Shown = Error } = { [name]: class extends Error {} };
    const copy = new Shown(error.message);
    setHidden(copy, { name, stack: error.stack });
    Object.assign(copy, error);
    if (cause instanceof errorClass) setHidden(copy, { cause });
    else if (cause !== undefined) Object.assign(copy, { cause: nameOf(cause) });
    return copy;
  };
  setHidden(prototype, {
    [OF_NODE](this: Error, _depth: number, options: unknown, inspect?: Inspect): unknown {
      return inspect === undefined ? shown(this) : inspect(shown(this), options);
    },
    [OF_DENO](this: Error, inspect: Inspect, options: unknown): unknown {
      return inspect(shown(this), options);
    },
  });
}

function nameOf(cause: unknown): string {
  const name = cause instanceof Error ? cause.name : typeof cause;
  return CLASS_NAME.test(name) ? `[${name}]` : "[Error]";
}

/** Sets members that are there to be asked for, yet never land in a log by accident. */
export function setHidden(
  target: object,
  members: Readonly<Record<string | symbol, unknown>>,
): void {
  for (const key of Reflect.ownKeys(members)) {
    Object.defineProperty(target, key, {
      value: members[key],
      enumerable: false,
      configurable: true,
    });
  }
}
