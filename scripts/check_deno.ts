/** Uses this checkout as Deno programs in other folders do: by path, by URL and by its JSR name, with no needless permission. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { fakeOutlook } from "../src/testing.ts";
import { serveModules } from "./package/serve_modules.ts";

const { name, version, imports } = JSON.parse(readFileSync("deno.json", "utf8")) as {
  readonly name: string;
  readonly version: string;
  readonly imports: { readonly rxjs: string };
};
const deno = resolve("node_modules/deno/bin.cjs");
const folder = mkdtempSync(join(tmpdir(), "rxbatch-"));
const modules = await serveModules();

// An empty cache, or an earlier run would answer for this one; and a JSR that has no package, so that only a link does.
const env = {
  ...process.env,
  DENO_DIR: join(folder, "cache"),
  DENO_NO_UPDATE_CHECK: "1",
  JSR_URL: modules.url,
  NO_COLOR: "1",
};

/** A program in a folder of its own, whose `deno.json` has little but rxjs in it. */
interface Consumer {
  readonly by: string;
  readonly specifier: string;
  readonly config?: {
    readonly imports?: Readonly<Record<string, string>>;
    readonly links?: readonly string[];
  };
  /** What Deno asks for before it loads code from a host that it does not know. */
  readonly importFlags?: readonly string[];
}

const links = [resolve(".")];
const consumers: readonly Consumer[] = [
  { by: "path", specifier: resolve("mod.ts") },
  {
    by: "URL",
    specifier: `${modules.url}mod.ts`,
    importFlags: [`--allow-import=${new URL(modules.url).host}`],
  },
  { by: "its JSR name", specifier: `jsr:${name}`, config: { links } },
  {
    by: "its bare name, as deno add maps it",
    specifier: name,
    config: { imports: { [name]: `jsr:${name}@^${version}` }, links },
  },
];

const program = (specifier: string): string => `
  import { batchOutlook, get, type OperationResult, TransportError } from "${specifier}";
  import { from, lastValueFrom, toArray } from "rxjs";

  const [baseUrl = "", token = ""] = Deno.args;
  const results: OperationResult[] = await lastValueFrom(
    from([get("messages"), get("events"), get("contacts")]).pipe(
      batchOutlook({ baseUrl, token }),
      toArray(),
    ),
  );
  const outcomes = results.map((result) => {
    if (result.ok) return result.response.status;
    const causes: unknown[] = [];
    for (let cause: unknown = result.error; cause instanceof Error; cause = cause.cause) {
      causes.push(cause);
    }
    const [unsent, denied] = causes.slice(-2);
    return unsent instanceof TransportError && denied instanceof Deno.errors.NotCapable
      ? "denied"
      : causes.join(" by ");
  });
  console.log(outcomes.join());
`;

/** Its folder. */
function projectOf(
  { specifier, config: { imports: mapped, ...rest } = {} }: Consumer,
  at: number,
): string {
  const cwd = join(folder, `consumer-${at}`);
  mkdirSync(cwd);
  const config = { ...rest, imports: { rxjs: imports.rxjs, ...mapped } };
  writeFileSync(join(cwd, "deno.json"), JSON.stringify(config));
  writeFileSync(join(cwd, "main.ts"), program(specifier));
  return cwd;
}

async function run(cwd: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [deno, ...args], {
    cwd,
    env,
    timeout: 120_000,
  });
  return stdout.trim();
}

/** Runs a program beside a server of its own, and sees to what it prints and how many batches came in. */
async function expectOutcomes(
  outcome: string,
  posts: number,
  cwd: string,
  flagsFor: (host: string) => readonly string[],
): Promise<void> {
  const outlook = fakeOutlook();
  const { baseUrl, ...server } = await outlook.listen();
  try {
    const flags = flagsFor(new URL(baseUrl).host);
    const args = ["run", "--no-prompt", ...flags, "main.ts", baseUrl, outlook.token];
    const printed = await run(cwd, args);
    if (printed !== [outcome, outcome, outcome].join()) throw new Error(`it printed ${printed}`);
    if (outlook.posts !== posts) throw new Error(`batches posted: ${outlook.posts}`);
  } finally {
    await server.close();
  }
}

let passed = 0;
let failed = 0;
async function check(what: string, look: () => Promise<unknown>): Promise<void> {
  try {
    await look();
    passed += 1;
    console.log(`ok: ${what}`);
  } catch (error) {
    const { message, stdout, stderr } = error as Record<string, string | undefined>;
    failed += 1;
    console.error(`not ok: ${what}\n${message}\n${stdout ?? ""}${stderr ?? ""}`);
  }
}

try {
  for (const [at, consumer] of consumers.entries()) {
    const { by, importFlags = [] } = consumer;
    const cwd = projectOf(consumer, at);
    await check(
      `by ${by}: the types check, the library's own with them`,
      () => run(cwd, ["check", "--all", ...importFlags, "main.ts"]),
    );
    await check(
      `by ${by}: a batch goes out with leave for its host alone`,
      () => expectOutcomes("200", 1, cwd, (host) => [`--allow-net=${host}`, ...importFlags]),
    );
    await check(
      `by ${by}: without leave each operation fails, by a TransportError of what Deno denied`,
      () => expectOutcomes("denied", 0, cwd, () => importFlags),
    );
  }
} finally {
  await modules.close();
  rmSync(folder, { recursive: true, force: true });
  console.log(`deno consumer: ${passed} checks passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
