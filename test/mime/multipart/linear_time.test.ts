import process from "node:process";
import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../../src/mime/limits.ts";
import { chunksOf, octets } from "../../support/octets.ts";
import { reading } from "../support.ts";

describe("MultipartReader, in linear time", () => {
  const limits = { ...DEFAULT_LIMITS, maxPartHeaderBytes: 2 ** 26, maxParts: 2 ** 26 };
  const boundary = "a".repeat(70);

  function leastMs(message: Uint8Array, chunkSize: number): number {
    const chunks = chunksOf(message, chunkSize);
    let least = Infinity;
    for (let run = 0; run < 4; run++) {
      const start = process.cpuUsage();
      reading(boundary, chunks, limits);
      const { user, system } = process.cpuUsage(start);
      least = Math.min(least, (user + system) / 1_000);
    }
    return least;
  }

  const floods: [string, string, string][] = [
    ["line ends and dashes", `--${boundary}\r\n\r\n`, "\r\n--"],
    ["near boundaries", `--${boundary}\r\n\r\n`, `\r\n--${"a".repeat(69)}b`],
    ["letters of the boundary", `--${boundary}\r\n\r\n`, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],
    ["boundaries within lines", `--${boundary}\r\n\r\n`, `x--${boundary}`],
    ["longer boundaries", `--${boundary}\r\n\r\n`, `\r\n--${boundary}a`],
    ["padding", `--${boundary}`, "  \t "],
    ["dashes", "", "-"],
    ["line ends", `--${boundary}\r\nX: y\r\n\r\n`, "\r\r\n"],
    ["headers", `--${boundary}\r\n`, "X: y\r\n"],
    ["one endless header", `--${boundary}\r\nX: `, "y"],
    ["header lines without a colon", `--${boundary}\r\n`, "yyyyyy\r\n"],
    ["folded lines", `--${boundary}\r\nX: y\r\n`, " z\r\n"],
    ["empty parts", "", `--${boundary}\r\n`],
    ["a preamble", "", "nothing of interest "],
  ];

  it.each(floods)("reads a flood of %s", (_name, start, unit) => {
    const size = 2 ** 14;
    const message = (octetCount: number) =>
      octets(start + unit.repeat(Math.ceil(octetCount / unit.length)));
    for (const chunkSize of [1, 1_000_000]) {
      const small = leastMs(message(size), chunkSize);
      const large = leastMs(message(size * 16), chunkSize);
      expect(large / Math.max(small, 1)).toBeLessThan(128);
    }
  });
});
