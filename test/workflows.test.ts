import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { root, textOf } from "./support/sources.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly "runs-on": string;
  readonly "timeout-minutes"?: number;
  readonly environment?: string;
  readonly needs?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: { readonly os: readonly string[] } };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = ".github/workflows";
const paths = readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
const workflows = new Map(paths.map((path) => [path, parse(textOf(path)) as Workflow]));
const jobs = [...workflows].flatMap(([path, { jobs }]) =>
  Object.entries(jobs).map(([name, job]) => ({ name: `${path} ${name}`, job }))
);
const { scripts } = JSON.parse(textOf("package.json")) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const publish = workflows.get(`${folder}/publish.yml`)!.jobs;

const runsOf = ({ steps }: Job): readonly string[] => steps.flatMap(({ run }) => run ?? []);
const actionsOf = ({ steps }: Job): readonly string[] => steps.flatMap(({ uses }) => uses ?? []);

describe("every workflow", () => {
  it.each(paths)("%s pins actions by commit, and says which version that is", (path) => {
    const lines = textOf(path).split("\n").filter((line) => line.includes("uses:"));
    const loose = lines.filter((line) =>
      !/uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)
    );
    expect(loose).toEqual([]);
  });

  it.each([...workflows])("%s begins with the right to read, and with no other", (_, workflow) => {
    expect(workflow.permissions).toEqual({ contents: "read" });
  });

  it.each(jobs)("$name ends in time", ({ job }) => {
    const minutes = job["timeout-minutes"] ?? Infinity;
    // everything takes minutes on two cores; 90 are the most that it may ever take
    expect(minutes).toBeLessThanOrEqual(90);
    if (runsOf(job).some((run) => run.includes(".ci/run"))) expect(minutes).toBe(90);
  });

  it.each(jobs)("$name runs what there is", ({ job }) => {
    const asked = runsOf(job).flatMap((run) => /npm run ([\w:]+)/.exec(run)?.[1] ?? []);
    expect(asked.filter((name) => !(name in scripts))).toEqual([]);
  });

  it.each(jobs)(
    "$name takes no text of others into its commands, and keeps no credentials",
    ({ job }) => {
      expect(runsOf(job).filter((run) => run.includes("${{"))).toEqual([]);
      const checkouts = job.steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
      for (const checkout of checkouts) expect(checkout.with?.["persist-credentials"]).toBe(false);
    },
  );
});

describe("ci", () => {
  it("runs everything on Linux, macOS and Windows", () => {
    const { all } = workflows.get(`${folder}/ci.yml`)!.jobs;
    expect(all?.strategy?.matrix.os).toEqual(["ubuntu-latest", "macos-latest", "windows-latest"]);
    expect(runsOf(all!)).toEqual(["bash .ci/run"]);
  });
});

describe("publishing", () => {
  it("builds without any right to publish, after the tag, the changelog and everything else was looked at", () => {
    expect(publish["build"]?.permissions).toBeUndefined();
    expect(publish["build"]?.environment).toBeUndefined();
    expect(runsOf(publish["build"]!)).toEqual(expect.arrayContaining([
      'npm run check:release -- "$GITHUB_REF_NAME"',
      "bash .ci/run",
      "npx deno task build:npm",
      "npm run check:npm -- --beside dist/plain",
    ]));
  });

  it.each(["npm", "jsr"])("to %s runs nothing of ours: it takes what was built", (name) => {
    const job = publish[name]!;
    expect(job.needs).toBe("build");
    expect(job.permissions).toEqual({ "id-token": "write" });
    expect(actionsOf(job).map((action) => action.split("@")[0]))
      .toEqual(["actions/setup-node", "actions/download-artifact"]);
    expect(runsOf(job)).toHaveLength(1);
    expect(runsOf(job)[0]).toMatch(/npm publish \.\/\*\.tgz|deno@[\d.]+ publish$/);
  });

  it("may be run again after it went half way", () => {
    // npm refuses a version that is there; deno publish passes over it by itself
    expect(runsOf(publish["npm"]!)[0]).toMatch(
      /^test -n "\$\(npm view .+ version\)" \|\| npm publish/,
    );
  });

  it("publishes to JSR with the Deno that this repository is checked with", () => {
    const { devDependencies } = JSON.parse(textOf("package.json")) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    expect(runsOf(publish["jsr"]!)[0]).toContain(`deno@${devDependencies["deno"]?.slice(1)} `);
  });

  it("lets nobody else have an identity, but who publishes the site and runs no line of ours", () => {
    const others = jobs.filter(({ job }) => job.permissions?.["id-token"] !== undefined);
    expect(others.map(({ name }) => name))
      .toEqual([
        `${folder}/publish.yml npm`,
        `${folder}/publish.yml jsr`,
        `${folder}/site.yml publish`,
      ]);
    const site = others.find(({ name }) => name === `${folder}/site.yml publish`);
    expect(site?.job.steps.map(({ run, uses }) => run ?? uses?.split("@")[0]))
      .toEqual(["actions/deploy-pages"]);
  });
});
