/** A PostgreSQL of its own in a temporary folder, on loopback alone; installed by apt-get where it is missing. */
import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** A server that runs. */
export interface Postgres {
  readonly url: string;
  /** Everything that stands in it, as text. */
  dump(): string;
  /** Runs statements. */
  run(statements: string): void;
  /** Breaks all connections and takes no new ones, until it is started again. */
  halt(): Promise<void>;
  start(): Promise<void>;
  /** Ends it, and removes what it had. */
  stop(): Promise<void>;
}

const HOMES = "/usr/lib/postgresql";

/** @returns `undefined` where there is none and none can be installed */
export async function startPostgres(): Promise<Postgres | undefined> {
  const bin = binaries() ?? (install() ? binaries() : undefined);
  if (bin === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "rxbatch-postgres-"));
  // PostgreSQL refuses to run as root.
  const user = process.getuid?.() === 0 ? idsOf("postgres") : {};
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid!);
  const data = join(folder, "data");
  const options = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"];
  execFileSync(join(bin, "initdb"), options, { ...user, cwd: folder, stdio: "ignore" });
  const port = await freePort();
  const flags = ["-p", `${port}`, "-h", "127.0.0.1", "-k", folder, "-c", "max_connections=200"];
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let halt = async (): Promise<void> => {};
  const postgres: Postgres = {
    url,
    dump: () => execFileSync(join(bin, "pg_dump"), [url], { encoding: "utf8", maxBuffer: 2 ** 30 }),
    run(statements) {
      execFileSync(join(bin, "psql"), [url, "-q", "-v", "ON_ERROR_STOP=1", "-c", statements]);
    },
    halt: () => halt(),
    async start() {
      const options = { ...user, cwd: folder, stdio: "ignore" } as const;
      const server = spawn(join(bin, "postgres"), ["-D", data, ...flags], options);
      const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
      halt = () => {
        server.kill("SIGINT");
        return ended;
      };
      await readiness(bin, port);
    },
    async stop() {
      await halt();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await postgres.start();
  return postgres;
}

async function readiness(bin: string, port: number): Promise<void> {
  for (let tries = 0; !isReady(bin, port); tries++) {
    if (tries > 100) {
      throw new Error("Cannot start PostgreSQL as it must answer: current value is no answer");
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function binaries(): string | undefined {
  if (!existsSync(HOMES)) return undefined;
  const versions = readdirSync(HOMES).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(HOMES, version, "bin"))
    .find((bin) => existsSync(join(bin, "initdb")));
}

function install(): boolean {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  try {
    const quiet = {
      stdio: "ignore",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    } as const;
    execFileSync("apt-get", ["update", "-qq"], quiet);
    execFileSync(
      "apt-get",
      ["install", "-y", "-qq", "--no-install-recommends", "postgresql"],
      quiet,
    );
    return true;
  } catch {
    return false;
  }
}

function idsOf(user: string): { uid?: number; gid?: number } {
  const id = (flag: string) => Number(execFileSync("id", [flag, user], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

function isReady(bin: string, port: number): boolean {
  try {
    execFileSync(join(bin, "pg_isready"), ["-h", "127.0.0.1", "-p", `${port}`], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
}
