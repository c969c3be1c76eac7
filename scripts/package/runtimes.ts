import process from "node:process";

/** A platform that the package is made for. */
export interface Runtime {
  readonly name: string;
  /** The package that holds its program. */
  readonly from: string;
  readonly program: string;
  readonly flags: readonly string[];
  /** The transport that it takes by default. */
  readonly transport: "undici" | "fetch";
  /** The dispatchers that `undiciTransport` is tried with. */
  readonly undici: readonly (7 | 8)[];
  /** What users may count on, as docs/support.md tells. */
  readonly promise: string;
}

const platform = `${process.platform}-${process.arch}`;
const bunPlatform = platform.replace("arm64", "aarch64");

const node = (version: string, promise: string): Runtime => ({
  name: `Node ${version}`,
  from: `npm:node-${platform}@${version}`,
  program: "bin/node",
  flags: [],
  transport: "undici",
  undici: Number.parseInt(version) < 22 ? [7] : [7, 8],
  promise,
});

/** Everything that `npm run test:runtimes` runs the package on; docs/support.md has a row for each. */
export const runtimes: readonly Runtime[] = [
  node("20.18.1", "the oldest that works; raising it is a major version"),
  node("20", "supported"),
  node("22", "supported"),
  node("24", "supported"),
  node("26", "supported"),
  {
    name: "Bun",
    from: `npm:@oven/bun-${bunPlatform}@latest`,
    program: "bin/bun",
    flags: [],
    transport: "fetch",
    undici: [],
    promise: "the newest, as far as Bun keeps to Node's modules",
  },
  {
    name: "Deno",
    from: `npm:@deno/${platform}${process.platform === "linux" ? "-glibc" : ""}@latest`,
    program: "deno",
    flags: ["run", "-A", "--node-modules-dir=manual"],
    transport: "fetch",
    undici: [],
    promise: "2.9 and later, by npm and by JSR",
  },
];
