import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import {
  filesUnder,
  type Import,
  readSources,
  root,
  type Source,
  textOf,
  walk,
} from "./support/sources.ts";

/** A part of the house: what it may import, by the names of the rooms, and which packages. */
interface Room {
  readonly name: string;
  readonly files: RegExp;
  /** Rooms that it may import values of; its own goes without saying. */
  readonly values: readonly string[];
  /** Rooms that it may import types of, besides. */
  readonly types?: readonly string[];
  readonly packages?: readonly string[];
  readonly packageTypes?: readonly string[];
}

/** Everything below the doors that stands for data. */
const DATA = ["operation", "options"];

/** The table of CONTRIBUTING.md, from the ground floor up. The first room that fits a file has it. */
const rooms: readonly Room[] = [
  { name: "operation", files: /^src\/operation\//, values: [] },
  {
    name: "options",
    files: /^src\/options\//,
    values: ["operation"],
    types: ["transport type"],
    packageTypes: ["rxjs"],
  },
  { name: "mime", files: /^src\/mime\//, values: ["operation"] },
  {
    name: "transport type",
    files: /^src\/transport\/transport\.ts$/,
    values: [],
    packageTypes: ["rxjs"],
  },
  {
    name: "undici",
    files: /^src\/transport\/(undici|decompressor)\.ts$/,
    values: ["operation", "transport"],
    types: ["transport type"],
    packages: ["rxjs", "undici", "node:zlib"],
  },
  {
    name: "transport",
    files: /^src\/transport\//,
    values: ["operation", "undici"],
    types: ["transport type"],
    packages: ["rxjs"],
  },
  {
    name: "wire",
    files: /^src\/wire\//,
    values: [...DATA, "mime"],
    types: ["transport type"],
  },
  { name: "time", files: /^src\/pipeline\/time\//, values: [], packages: ["rxjs"] },
  {
    name: "entry",
    files: /^src\/pipeline\/(entry|events|gate|group_rules|in_hand|past)\.ts$/,
    values: [...DATA, "time"],
    types: ["wire"],
    packages: ["rxjs"],
  },
  {
    name: "collect",
    files: /^src\/pipeline\/collect\//,
    values: [...DATA, "time", "entry"],
    types: ["wire"],
    packages: ["rxjs"],
  },
  {
    name: "send",
    files: /^src\/pipeline\/send\//,
    values: [...DATA, "time", "entry", "collect"],
    types: ["wire", "transport type"],
    packages: ["rxjs"],
  },
  {
    name: "answer",
    files: /^src\/pipeline\/answer\//,
    values: [...DATA, "time", "entry", "collect", "send"],
    types: ["wire", "transport type"],
    packages: ["rxjs"],
  },
  {
    name: "pipeline",
    files: /^src\/pipeline\/[^/]+\.ts$/,
    values: [...DATA, "time", "entry", "collect", "send", "answer"],
    types: ["wire", "transport type"],
    packages: ["rxjs"],
  },
  {
    name: "door",
    files: /^src\/door\//,
    values: [...DATA, "pipeline", "entry", "time", "transport", "wire"],
    types: ["transport type"],
    packages: ["rxjs"],
  },
  {
    name: "observe",
    files: /^src\/observe\//,
    // a POST carries the trace that it belongs to, whatever the transport
    values: [...DATA, "door", "transport"],
    types: ["transport type"],
    packages: ["rxjs", "@opentelemetry/api"],
  },
  {
    name: "entry file",
    files: /^(mod|src\/(undici|mime|testing|schema|effect|effect3|cluster|otel))\.ts$/,
    values: [
      ...DATA,
      ...["mime", "transport", "undici", "wire", "pipeline", "door"],
      ...["testing", "fields", "schema", "effect", "effect3", "cluster", "observe"],
    ],
    types: ["transport type"],
  },
  {
    name: "testing",
    files: /^src\/testing\//,
    values: [...DATA, "mime"],
    types: ["transport type"],
    packages: ["rxjs", "node:http"],
  },
  { name: "fields", files: /^src\/schema\/fields\//, values: [] },
  {
    name: "schema",
    files: /^src\/schema\//,
    values: [...DATA, "fields"],
    types: ["entry file"],
    // effect 3 is what @effect/schema itself runs on
    packages: ["@effect/schema", "effect3"],
  },
  {
    name: "effect3",
    files: /^src\/effect3\//,
    // a POST carries the trace that it belongs to, whatever the transport
    values: [...DATA, "entry file", "door", "transport", "observe", "fields"],
    types: ["transport type"],
    packages: ["effect3", "rxjs"],
  },
  {
    name: "effect",
    files: /^src\/effect\//,
    // a POST carries the trace that it belongs to, whatever the transport
    values: [...DATA, "entry file", "door", "transport", "observe", "fields"],
    types: ["transport type"],
    packages: ["effect", "rxjs"],
  },
  {
    name: "cluster",
    files: /^src\/cluster\//,
    values: [...DATA, "entry file", "door"],
    types: ["transport type"],
    // a database in a folder is loaded when there is one to open, and locked
    packages: ["effect", "rxjs", "@electric-sql/pglite", "node:fs/promises", "node:process"],
  },
];

/** Files of more than 150 lines of code, and why they hold together all the same; this list may only shrink. */
const LONG_FILES: Readonly<Record<string, string>> = {
  "src/operation/errors.ts": "eleven classes of one kind, read as a table",
  "src/options/settings.ts": "one check an option, read as a table",
  "src/transport/fetch.ts": "fetch on five runtimes, and what each does otherwise",
  "src/transport/undici.ts": "undici's handler, and what it must never do",
};

const sources = readSources();
const byPath = new Map(sources.map((source) => [source.path, source]));

function roomOf(path: string): Room {
  const room = rooms.find(({ files }) => files.test(path));
  if (room === undefined) throw new Error(`${path} stands in no room of the table`);
  return room;
}

function mayImport(room: Room, { target, bare, typeOnly }: Import): boolean {
  if (bare) {
    const isOf = (name: string): boolean => target === name || target.startsWith(`${name}/`);
    return (room.packages ?? []).some(isOf) ||
      (typeOnly && (room.packageTypes ?? []).some(isOf));
  }
  const { name } = roomOf(target);
  return name === room.name || room.values.includes(name) ||
    (typeOnly && (room.types ?? []).includes(name));
}

function codeLinesOf(path: string): number {
  return textOf(path).split("\n").filter((line) => !/^\s*(\/\/|\/?\*|$)/.test(line)).length;
}

/** Everything that is loaded when this file is; lazy imports and types load nothing. */
function reachableFrom(
  path: string,
  follow: (edge: Import) => boolean,
  files: readonly Source[] = sources,
): Set<string> {
  const byPath = new Map(files.map((source) => [source.path, source]));
  const seen = new Set<string>();
  const open = [path];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const edge of byPath.get(next)?.imports ?? []) {
      if (follow(edge)) open.push(edge.target);
    }
  }
  return seen;
}

/** The files from which a way leads back to them. */
function filesInCycles(files: readonly Source[]): string[] {
  return files
    .filter((source) =>
      source.imports.some((edge) =>
        !edge.bare && reachableFrom(edge.target, () => true, files).has(source.path)
      )
    )
    .map(({ path }) => path);
}

function identifiersOf({ ast }: Source): Set<string> {
  const names = new Set<string>();
  walk(ast, (node) => {
    if (!ts.isIdentifier(node)) return;
    const { parent } = node;
    const isMember = (ts.isPropertyAccessExpression(parent) || ts.isPropertySignature(parent)) &&
      parent.name === node;
    if (!isMember) names.add(node.text);
  });
  return names;
}

describe("the house", () => {
  it("has a room for every file", () => {
    expect(sources.map(({ path }) => roomOf(path).name)).not.toContain(undefined);
  });

  it("imports nothing outside the table", () => {
    const forbidden = sources.flatMap((source) =>
      source.imports
        .filter((edge) => !mayImport(roomOf(source.path), edge))
        .map((edge) => `${source.path} imports ${edge.target}`)
    );
    expect(forbidden).toEqual([]);
  });

  it("goes in no circle, types included", () => {
    expect(filesInCycles(sources)).toEqual([]);
    expect(filesInCycles(readSources("scripts"))).toEqual([]);
  });

  it("keeps to one wire in each door", () => {
    for (const source of sources.filter(({ path }) => /^src\/door\/batch_\w+\.ts$/.test(path))) {
      const wires = source.imports.filter(({ target, typeOnly }) =>
        !typeOnly && target.startsWith("src/wire/")
      );
      expect(wires, source.path).toHaveLength(1);
    }
  });

  it("reaches one package from mod.ts: rxjs", () => {
    const reached = [...reachableFrom("mod.ts", () => true)];
    expect(reached.filter((target) => !byPath.has(target))).toEqual(["rxjs"]);
  });

  it("imports the fake server into nothing that is shipped with mod.ts", () => {
    const importers = sources
      .filter(({ path }) => !path.startsWith("src/testing"))
      .filter(({ imports }) => imports.some(({ target }) => target.startsWith("src/testing")));
    expect(importers.map(({ path }) => path)).toEqual([]);
  });

  it("loads Node's modules in the fake server only when they are asked for", () => {
    const eager = sources.filter(({ path }) => path.startsWith("src/testing"))
      .flatMap(({ imports }) => imports)
      .filter(({ target, typeOnly, lazy }) => target.startsWith("node:") && !typeOnly && !lazy);
    expect(eager).toEqual([]);
  });

  it("uses no global of one platform alone", () => {
    const platformGlobals = ["Buffer", "process", "require", "__dirname", "Deno", "Bun", "window"];
    const found = sources.flatMap((source) => {
      const names = identifiersOf(source);
      return platformGlobals.filter((name) => names.has(name))
        .map((name) => `${source.path}: ${name}`);
    });
    expect(found).toEqual([]);
  });

  it("takes time from the scheduler alone, so that virtual time sees all of it", () => {
    const timers = ["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "performance"];
    const found = sources
      .filter(({ path }) => !path.startsWith("src/testing"))
      .flatMap((source) => {
        const names = identifiersOf(source);
        return timers.filter((name) => names.has(name)).map((name) => `${source.path}: ${name}`);
      });
    // The one clock that does not step, where a scheduler's own is the wall clock (design rule 30).
    expect(found).toEqual(["src/pipeline/time/clock.ts: performance"]);
  });

  it("uses only files that somebody reaches from an entry", () => {
    const entries = [
      "mod.ts",
      "src/undici.ts",
      "src/mime.ts",
      "src/transport/default_node.ts",
      "src/testing.ts",
      "src/schema.ts",
      "src/otel.ts",
      "src/effect.ts",
      "src/effect3.ts",
      "src/cluster.ts",
    ];
    const reached = new Set(entries.flatMap((entry) => [...reachableFrom(entry, () => true)]));
    expect(sources.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
  });

  it("keeps nothing loose in src but entry files", () => {
    const loose = sources.map(({ path }) => path).filter((path) => /^src\/[^/]+$/.test(path));
    expect(loose.filter((path) => roomOf(path).name !== "entry file")).toEqual([]);
  });

  it("keeps no more than 16 files directly in a folder", () => {
    const counts = new Map<string, number>();
    for (const path of ["src", "scripts", "test"].flatMap((folder) => filesUnder(folder, ""))) {
      // What benchmarks measured is data.
      if (path.startsWith("scripts/bench/results/")) continue;
      counts.set(posix.dirname(path), (counts.get(posix.dirname(path)) ?? 0) + 1);
    }
    expect([...counts].filter(([, count]) => count > 16)).toEqual([]);
  });

  it("keeps a file to 150 lines of code, but for those that are listed", () => {
    const long = sources.filter(({ path }) => codeLinesOf(path) > 150).map(({ path }) => path);
    expect(long).toEqual(Object.keys(LONG_FILES).sort());
  });

  it("says in each folder what the room knows, and what it never hears of", () => {
    const folders = new Set(sources.map(({ path }) => posix.dirname(path)));
    const silent = [...folders].filter((folder) =>
      folder.startsWith("src/") && !existsSync(join(root, folder, "README.md"))
    );
    expect(silent).toEqual([]);
  });
});
