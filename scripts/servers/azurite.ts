import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";

/** What everybody knows of the emulator: it opens nothing but loopback. */
const ACCOUNT = "devstoreaccount1";
const KEY =
  "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const START_MS = 30_000;
const POLL_MS = 100;

/** An emulator that runs. */
export interface Azurite {
  readonly account: string;
  readonly key: string;
  /** A shared access signature for all that it holds, for an hour. */
  readonly sas: string;
  /** With a slash at its end, as the others. */
  readonly tables: string;
  readonly blobs: string;
  stop(): Promise<void>;
}

/** Starts Azurite on free ports of loopback, its data in memory; it asks no other host for anything. */
export async function startAzurite(): Promise<Azurite> {
  const folder = mkdtempSync(join(tmpdir(), "azurite-"));
  const [blobs, queues, tables] = await Promise.all([freePort(), freePort(), freePort()]);
  const main = createRequire(import.meta.url).resolve("azurite/package.json");
  const child = spawn(process.execPath, [
    join(dirname(main), "dist/src/azurite.js"),
    ...["--silent", "--disableTelemetry", "--inMemoryPersistence", "--skipApiVersionCheck"],
    ...["--blobPort", `${blobs}`],
    ...["--queuePort", `${queues}`, "--tablePort", `${tables}`],
  ], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const url = (port: number) => `http://127.0.0.1:${port}/${ACCOUNT}/`;
  try {
    await Promise.all([blobs, tables].map((port) => listens(url(port), child)));
  } catch (error) {
    await stop();
    throw error;
  }
  return { account: ACCOUNT, key: KEY, sas: sas(), tables: url(tables), blobs: url(blobs), stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Any answer will do. */
async function listens(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    try {
      await (await fetch(url)).body?.cancel();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
  throw new Error("Azurite does not listen");
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** An account's signature: https://learn.microsoft.com/rest/api/storageservices/create-account-sas. */
function sas(): string {
  const version = "2019-02-02";
  const expiry = `${new Date(Date.now() + 3_600_000).toISOString().slice(0, 19)}Z`;
  const fields = [ACCOUNT, "rwdlacu", "bt", "sco", "", expiry, "", "", version, ""];
  const signature = createHmac("sha256", Buffer.from(KEY, "base64")).update(fields.join("\n"))
    .digest("base64");
  return `${new URLSearchParams({
    ...{ sv: version, ss: "bt", srt: "sco", sp: "rwdlacu", se: expiry },
    sig: signature,
  })}`;
}
