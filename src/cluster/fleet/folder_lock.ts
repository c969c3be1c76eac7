import { FolderError } from "./folder_error.ts";

/** Those that this process has; its own number says nothing, as that of a container is always the same. */
const held = new Set<string>();

/**
 * Takes a folder for this process: two databases in one would destroy it.
 *
 * @returns what gives it back
 * @throws {FolderError} when another process has it, or when this one has it already
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const { mkdir, readFile, rm, writeFile } = await import("node:fs/promises");
  const { kill, pid } = await import("node:process");
  const path = `${folder}/lock`;
  await mkdir(folder, { recursive: true });
  const owner = Number(await readFile(path, "utf8").catch(() => "0"));
  const isTaken = owner === pid ? held.has(path) : owner > 0 && isRunning(kill, owner);
  if (isTaken) {
    throw new FolderError(
      `Cannot keep a fleet in a folder as one process at a time may have it: current value is process ${owner}, which runs (if that is another program, remove the file lock)`,
    );
  }
  if (owner > 0) await rm(path, { force: true });
  // Of two that come so far together, one fails here.
  await writeFile(path, `${pid}`, { flag: "wx" });
  held.add(path);
  return async () => {
    held.delete(path);
    await rm(path, { force: true });
  };
}

function isRunning(
  kill: (pid: number, signal: number) => unknown,
  pid: number,
): boolean {
  try {
    kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, as somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
