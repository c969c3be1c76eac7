import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleNpm } from "../../../scripts/package/bundle.ts";

/** What a builder leaves: a file a module. */
const modules = {
  "mod.js": `
    import { Shared } from "./src/shared.js";
    import { choice } from "./src/choice.js";
    import { helper } from "./src/helper.js";
    export { Shared };
    export const own = helper;
    export const chosen = choice();
    export const load = () => import("./src/door.js");
    export const loadLate = () => import("./src/late.js");`,
  "src/door.js": `
    import { Shared } from "./shared.js";
    export class Door extends Shared {}`,
  "src/choice.js": `export function choice() { return "elsewhere"; }`,
  "src/choice_node.js": `
    import { Shared } from "./shared.js";
    export function choice() { return new Shared() && "on Node"; }`,
  "src/late.js": `
    import "node:path";
    import { Shared } from "./shared.js";
    export class Late extends Shared {}`,
  "src/shared.js": `export class Shared { static create() { return new Shared(); } }`,
  "src/helper.js": `export function helper() { return "helped"; }`,
};

interface Core {
  readonly chosen: string;
  readonly Shared: new () => object;
  readonly own: () => string;
  readonly load: () => Promise<{ readonly Door: new () => object }>;
}

describe("the bundles of the npm package", () => {
  const outDir = mkdtempSync(join(tmpdir(), "rxbatch-bundle-"));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(outDir, path)), { recursive: true });
    writeFileSync(join(outDir, path), text);
  };
  const textOf = (path: string): string => readFileSync(join(outDir, path), "utf8");

  beforeAll(async () => {
    for (const [path, text] of Object.entries(modules)) {
      write(`esm/${path}`, text);
      for (const format of ["esm", "script"]) {
        write(`${format}/${path.replace(".js", ".d.ts")}`, `// types of ${path}`);
      }
    }
    write("script/src/helper.js", "exports.helper = () => {};");
    write("esm/package.json", '{ "type": "module" }');
    write("script/package.json", '{ "type": "commonjs" }');
    const entryPoints = [{ name: ".", path: "./mod.ts" }, {
      name: "./door",
      path: "./src/door.ts",
    }];
    await bundleNpm({
      outDir,
      entryPoints,
      ownFiles: ["./src/choice.ts", "./src/choice_node.ts", "./src/late.ts"],
      chosenByPlatform: {
        specifier: "#choice",
        replaces: "./src/choice.ts",
        modules: {
          deno: "./src/choice.ts",
          node: "./src/choice_node.ts",
          browser: "./src/choice.ts",
        },
      },
    });
  });

  afterAll(() => rmSync(outDir, { recursive: true }));

  describe.each(["esm", "script"])("in %s/", (format) => {
    const load = async (path: string): Promise<unknown> => {
      const file = join(outDir, format, path);
      return format === "esm"
        ? await import(pathToFileURL(file).href)
        : createRequire(import.meta.url)(file);
    };

    it("are one for each entry and own file, where it was, and one for what entries share", () => {
      const paths = readdirSync(join(outDir, format), { recursive: true, encoding: "utf8" });
      const scripts = paths.filter((path) => path.endsWith(".js"));
      expect(scripts.map((path) => path.replaceAll("\\", "/")).sort())
        .toEqual([
          "chunks/core_door_choice_node_late.js",
          "mod.js",
          "src/choice.js",
          "src/choice_node.js",
          "src/door.js",
          "src/late.js",
        ]);
    });

    it("leave to the platform what it chooses", async () => {
      const { chosen } = await load("mod.js") as Core;
      // Vite resolves it here, by the conditions of Node whatever runs it; test:runtimes asks each platform.
      expect(chosen).toBe("on Node");
      expect(textOf(`${format}/mod.js`)).toContain('"#choice"');
    });

    it("are kept from bundlers for browsers where they need Node, also where those know no conditions", () => {
      expect(JSON.parse(textOf(`${format}/package.json`))).toEqual({
        type: format === "esm" ? "module" : "commonjs",
        sideEffects: false,
        imports: {
          "#choice": {
            deno: "./src/choice.js",
            node: "./src/choice_node.js",
            browser: "./src/choice.js",
          },
        },
        browser: { "#choice": "./src/choice.js", "./src/late.js": false },
      });
    });

    it("leave the declarations of each module", () => {
      for (const path of Object.keys(modules)) {
        expect(textOf(`${format}/${path.replace(".js", ".d.ts")}`)).toBe(`// types of ${path}`);
      }
    });

    it("hold what belongs to one entry", async () => {
      const { own } = await load("mod.js") as Core;
      expect(own()).toBe("helped");
    });

    it("hold each class once", async () => {
      const { Shared, load: loadDoor } = await load("mod.js") as Core;
      const { Door } = await loadDoor();
      expect(new Door()).toBeInstanceOf(Shared);
      expect(await load("src/door.js")).toHaveProperty("Door", Door);
    });

    it("load an entry late where its import is late", () => {
      const text = textOf(`${format}/mod.js`);
      expect(text.split('"./src/door.js"')).toHaveLength(2);
      expect(text).toContain(
        format === "esm"
          ? 'import("./src/door.js")'
          : 'Promise.resolve().then(() => __toESM(require("./src/door.js")))',
      );
    });
  });
});
