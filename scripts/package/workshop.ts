/** Projects of users' that install the package as it was built into npm/: for the scripts that look at it from outside. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import ts from "typescript";
import type { Example } from "../../test/support/examples.ts";
import { type DenoConfig, type NpmPlan, planNpm } from "./plan.ts";

/** What npm/ was built by. */
export const plan: NpmPlan = planNpm(
  JSON.parse(readFileSync("deno.json", "utf8")) as DenoConfig,
);

/** What users call the package. */
export const packageName: string = plan.manifest.name;

/** What they import of it. */
export const entries: readonly string[] = plan.entryPoints.map(({ name }) =>
  packageName + name.slice(1)
);

/** An app has one of these. */
export type EffectVersion = 3 | 4;

/** The version of effect that an entry cannot be loaded without. */
export function effectOf(entry: string): EffectVersion | undefined {
  if (/\/(effect3|schema)$/.test(entry)) return 3;
  return /\/(effect|cluster)$/.test(entry) ? 4 : undefined;
}

/** The optional peers that an app with this effect can have, each in the first version that will do. */
export function optionalPeers(effect: EffectVersion): Readonly<Record<string, string>> {
  return Object.fromEntries(
    plan.peers.filter(({ name }) =>
      name !== "rxjs" && (effect === 3 || !name.startsWith("@effect/"))
    )
      .map(({ name, version }) => {
        const versions = version.split(" || ");
        const wanted = name === "effect" && versions.find((range) => range[1] === `${effect}`);
        return [name, wanted || version];
      }),
  );
}

/** Packages of others that examples show, such as schema libraries, in the versions of this repository. */
export function packagesShownIn(
  examples: readonly Example[],
): Readonly<Record<string, string>> {
  const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  return Object.fromEntries(
    Object.entries(devDependencies).filter(([name]) =>
      examples.some(({ code }) => [`"${name}"`, `"${name}/`].some((from) => code.includes(from)))
    ),
  );
}

/** Runs a command to its end; what it prints is returned, or thrown with its failure. */
export function run(command: string, args: readonly string[], cwd: string): string {
  // what npm installs is a script of the shell on Windows; what has a path is a program
  const shell = process.platform === "win32" && !/[\\/]/.test(command);
  return execFileSync(command, args, { cwd, encoding: "utf8", stdio: "pipe", shell });
}

/** A temporary folder with the packed package in it. */
export class Workshop {
  readonly folder: string = mkdtempSync(join(tmpdir(), "rxbatch-"));
  readonly tarball: string;
  #passed = 0;
  #failed = 0;

  constructor() {
    const [packed] = JSON.parse(
      run("npm", ["pack", "--json", "--pack-destination", this.folder], plan.outDir),
    ) as readonly { readonly filename: string }[];
    this.tarball = resolve(this.folder, packed?.filename ?? "");
  }

  /** A project with these packages and this one; nothing is installed yet. */
  newProject(name: string, dependencies: Readonly<Record<string, string>>): string {
    const project = {
      private: true,
      dependencies: { [plan.manifest.name]: this.tarball, ...dependencies },
    };
    this.write(name, "package.json", JSON.stringify(project));
    return join(this.folder, name);
  }

  /** Writes a file of a project. */
  write(project: string, path: string, text: string): void {
    const target = resolve(this.folder, project, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }

  /** Looks at one thing, goes on whatever comes of it, and says what did. */
  check(what: string, look: () => void): void {
    try {
      look();
      this.#passed += 1;
      console.log(`ok: ${what}`);
    } catch (error) {
      // of a command, what it printed; its message repeats that
      const { stdout, stderr, message } = error as Record<string, string | undefined>;
      this.#failed += 1;
      console.error(`not ok: ${what}\n${stdout ?? message ?? ""}${stderr ?? ""}`);
    }
  }

  /** Cleans up, says how it went, and sets the exit code. */
  close(what: string): void {
    rmSync(this.folder, { recursive: true, force: true });
    console.log(`${what}: ${this.#passed} checks passed, ${this.#failed} failed`);
    process.exitCode = this.#failed === 0 ? 0 : 1;
  }
}

/** Types out of the way, and syntax that Node 20 does not know yet. */
export function toJavaScript(code: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}
