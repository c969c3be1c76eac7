import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** Lends out the server, which runs in a process of its own until the loan ends. */
export async function served<Result>(use: (origin: string) => Promise<Result>): Promise<Result> {
  const script = fileURLToPath(new URL("server.ts", import.meta.url));
  const server = spawn(process.execPath, ["--import", "tsx", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [port] = await once(server.stdout, "data");
    return await use(`http://127.0.0.1:${String(port).trim()}`);
  } finally {
    server.kill();
  }
}
