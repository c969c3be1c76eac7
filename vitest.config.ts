import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { codeInRepository, readExamples } from "./test/support/examples.ts";

const fromRoot = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const examples = new Map(
  readExamples().map((example) => [example.path, codeInRepository(example)]),
);

// The same file serves Node (`npx vitest run`) and Deno (`deno run -A npm:vitest run`).
const config: ViteUserConfig = defineConfig({
  plugins: [{
    // test/docs.test.ts imports the examples of the docs as if each were a file.
    name: "doc-examples",
    resolveId: (id) => examples.has(id) ? id : undefined,
    load: (id) => examples.get(id),
  }],
  resolve: {
    alias: [
      // The workspace that has effect 3.
      { find: /^effect3$/, replacement: fromRoot("scripts/effect3/effect.ts") },
      { find: /^@effect\/schema$/, replacement: fromRoot("scripts/effect3/schema.ts") },
      // Examples import the package by its name.
      { find: /^@rxbatch\/rxbatch$/, replacement: fromRoot("mod.ts") },
      { find: /^@rxbatch\/rxbatch\/(.+)$/, replacement: fromRoot("src/$1.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    // Everything waits for events or virtual time; only a slow machine comes near these.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: process.env["CI"] === undefined ? ["default"] : [["default", { summary: false }]],
  },
});

export default config;
