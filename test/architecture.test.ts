import ts from "typescript";
import { describe, expect, it } from "vitest";
import { type Import, readSources, type Source, walk } from "./support/sources.ts";

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

/** The table of the README's design section, from the bottom up. The first room that fits a file has it. */
const rooms: readonly Room[] = [
  {
    name: "errors",
    files: /^src\/errors\.ts$/,
    values: [],
    types: ["data"],
  },
  {
    name: "data",
    files:
      /^src\/(operation|operation_body|operation_url|refused_operation|header_fields|response|options|events|standard_schema)\.ts$/,
    values: ["errors"],
    types: ["transport type"],
    packageTypes: ["rxjs"],
  },
  {
    name: "settings",
    files: /^src\/settings\.ts$/,
    values: ["errors", "data"],
    types: ["transport type"],
    packages: ["rxjs"],
  },
  {
    name: "mime",
    files: /^src\/mime\//,
    values: ["errors"],
  },
  {
    name: "transport type",
    files: /^src\/transport\/transport\.ts$/,
    values: [],
    packageTypes: ["rxjs"],
  },
  {
    name: "undici",
    files: /^src\/transport\/undici\.ts$/,
    values: ["errors", "transport"],
    types: ["transport type"],
    packages: ["rxjs", "undici", "node:zlib"],
  },
  {
    name: "transport",
    files: /^src\/transport\//,
    values: ["errors", "undici"],
    types: ["transport type"],
    packages: ["rxjs"],
  },
  {
    name: "wire",
    files: /^src\/wire\//,
    values: ["errors", "data", "mime"],
    types: ["transport type"],
  },
  {
    name: "stage",
    files: /^src\/stage\//,
    values: ["errors", "data"],
    types: ["settings", "wire", "transport type"],
    packages: ["rxjs"],
  },
  {
    name: "pipeline",
    files: /^src\/(batch|batcher|operator|send_all)\.ts$/,
    values: ["errors", "data", "settings", "stage", "transport"],
    types: ["wire", "transport type"],
    packages: ["rxjs"],
  },
  {
    name: "door",
    files: /^src\/batch_(outlook|graph|odata)\.ts$/,
    values: ["pipeline", "settings", "transport", "wire"],
    types: ["data"],
  },
  {
    name: "mod",
    files: /^mod\.ts$/,
    values: ["door", "pipeline", "errors", "data", "transport"],
    types: ["wire", "transport type"],
  },
  {
    name: "testing",
    files: /^src\/testing(\.ts$|\/)/,
    values: ["mod", "errors", "data", "mime"],
    types: ["transport type", "pipeline"],
    packages: ["rxjs", "node:http"],
  },
  {
    name: "schema",
    files: /^src\/schema(\.ts$|\/)/,
    values: ["mod", "errors", "data"],
    // effect is what @effect/schema itself runs on
    packages: ["@effect/schema", "effect"],
  },
  {
    name: "effect",
    files: /^src\/effect(\.ts$|\/)/,
    values: ["mod", "errors", "data", "pipeline", "door"],
    types: ["transport type", "wire"],
    packages: ["effect", "rxjs"],
  },
];

/** The way of an operation; no stage imports a later one, it is handed what it calls. */
const wayOfAnOperation = [
  ["entry"],
  ["order"],
  ["lane", "lanes"],
  ["window"],
  ["dispatch"],
  ["post", "token"],
  ["answer", "ending", "retry", "settle"],
];

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

/** Everything that is loaded when this file is; lazy imports and types load nothing. */
function reachableFrom(path: string, follow: (edge: Import) => boolean): Set<string> {
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
function filesInCycles(follow: (edge: Import) => boolean): string[] {
  return sources
    .filter((source) =>
      source.imports.some((edge) =>
        follow(edge) && !edge.bare && reachableFrom(edge.target, follow).has(source.path)
      )
    )
    .map(({ path }) => path);
}

function stageNumber(path: string): number {
  const name = /^src\/stage\/(.+)\.ts$/.exec(path)?.[1] ?? "";
  return wayOfAnOperation.findIndex((names) => names.includes(name));
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

  it("loads in no circle", () => {
    expect(filesInCycles((edge) => !edge.typeOnly && !edge.lazy)).toEqual([]);
  });

  it("knows types in a circle only where data are one thing in several files", () => {
    // an operation's error names the operation, and an operation is refused with an error
    const excused = [
      "src/operation/errors.ts",
      "src/operation/headers.ts",
      "src/operation/operation.ts",
      "src/operation/body.ts",
      "src/operation/url.ts",
      "src/operation/refused.ts",
      "src/operation/response.ts",
    ];
    const circles = filesInCycles((edge) => !edge.lazy);
    expect(circles.filter((path) => !excused.includes(path))).toEqual([]);
  });

  it("lets no stage import a later one", () => {
    const backward = sources.flatMap((source) =>
      source.imports
        .filter(({ target }) => {
          const [from, to] = [stageNumber(source.path), stageNumber(target)];
          return from >= 0 && to > from;
        })
        .map((edge) => `${source.path} imports ${edge.target}`)
    );
    expect(backward).toEqual([]);
  });

  it("keeps to one wire in each door", () => {
    for (const source of sources.filter(({ path }) => roomOf(path).name === "door")) {
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
      .filter(({ path }) => roomOf(path).name !== "testing")
      .filter(({ imports }) => imports.some(({ target }) => target.startsWith("src/testing")));
    expect(importers.map(({ path }) => path)).toEqual([]);
  });

  it("loads Node's modules in the fake server only when they are asked for", () => {
    const eager = sources.filter(({ path }) => roomOf(path).name === "testing")
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
      .filter(({ path }) => roomOf(path).name !== "testing")
      .flatMap((source) => {
        const names = identifiersOf(source);
        return timers.filter((name) => names.has(name)).map((name) => `${source.path}: ${name}`);
      });
    expect(found).toEqual([]);
  });

  it("uses only files that somebody reaches from an entry", () => {
    const entries = [
      "mod.ts",
      "src/undici.ts",
      "src/transport/default_node.ts",
      "src/testing.ts",
      "src/schema.ts",
      "src/effect.ts",
    ];
    const reached = new Set(entries.flatMap((entry) => [...reachableFrom(entry, () => true)]));
    expect(sources.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
  });
});
