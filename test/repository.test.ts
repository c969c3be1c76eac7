import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runtimes } from "../scripts/package/runtimes.ts";
import { root, textOf } from "./support/sources.ts";

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(textOf("package-lock.json")) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};

describe("package-lock.json", () => {
  it("names no registry, so that it serves any", () => {
    expect(Object.values(packages).filter(({ resolved }) => resolved?.includes("://"))).toEqual([]);
  });

  it("holds the programs of every platform, without which npm ci refuses it", () => {
    const wanted = Object.values(packages)
      .flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}));
    const locked = Object.keys(packages).map((path) => path.split("node_modules/").at(-1));
    expect(wanted.filter((name) => !locked.includes(name))).toEqual([]);
  });
});

describe("the versions that are named twice", () => {
  const manifest = JSON.parse(textOf("package.json")) as {
    readonly engines: { readonly node: string };
    readonly devDependencies: Readonly<Record<string, string>>;
  };

  it("agree on Node", () => {
    expect(textOf(".github/workflows/ci.yml")).toContain("node-version: 20.18.1");
    expect(manifest.engines.node).toBe(">=20.18.1");
  });

  it("are of a Deno that repeats a POST unless it goes as a Blob", () => {
    expect(manifest.devDependencies["deno"]).toBe("~2.9.6");
    expect(textOf("docs/how_it_works.md")).toContain("on Deno a batch goes as a Blob");
    expect(textOf("src/transport/fetch.ts")).toContain("new Blob(");
  });
});

describe("docs/support.md", () => {
  it("has a row for each runtime that is tested, and no other", () => {
    const rows = textOf("docs/support.md").split("\n")
      .filter((line) => /^\| (Node|Bun|Deno)/.test(line))
      .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
    expect(rows).toEqual(runtimes.map(({ name, transport, undici, promise }) => [
      name,
      `\`${transport}\``,
      undici.map((major) => `undici ${major}`).join(", ") || "none",
      promise,
    ]));
  });
});

describe("README.md", () => {
  it("leads to files that exist", () => {
    const links = [...textOf("README.md").matchAll(/\]\(([^)#\s]+)/g)].map(([, link]) =>
      link ?? ""
    );
    const inside = links.filter((link) => !link.includes("://"));
    expect(inside).toContain("CHANGELOG.md");
    expect(inside.filter((link) => !existsSync(join(root, link)))).toEqual([]);
  });
});
