import { describe, expect, it } from "vitest";
import { DecodeError } from "../../../src/operation/errors.ts";
import { decodeChunked } from "../../../src/mime/http/chunked.ts";
import { octets, text } from "../../support/octets.ts";

describe("decodeChunked()", () => {
  it.each([
    ["0\r\n\r\n", ""],
    ["5\r\nhello\r\n0\r\n\r\n", "hello"],
    ['3;x="y"\r\nhel\r\n2 \r\nlo\r\n00\r\nTrailer: z\r\n\r\n', "hello"],
    ["A\n0123456789\n0\n\n", "0123456789"],
    ["a\r0123456789\r0", "0123456789"],
    ["9\n012345678\nF\n0123456789abcde\n0", "0123456780123456789abcde"],
    [`1a\n${"x".repeat(26)}\n10\n${"y".repeat(16)}\n0`, "x".repeat(26) + "y".repeat(16)],
    ["0000000005\r\nhello\r\n000000000000\r\n\r\n", "hello"],
    [`${"0".repeat(1000)}A\r\n0123456789\r\n0`, "0123456789"],
    ["1\t;x\r\nh\r\n1 \r\ni\r\n0 ;y", "hi"],
  ])("decodes %j", (chunked, body) => {
    expect(text(decodeChunked(octets(chunked)).joined())).toBe(body);
  });

  it.each([
    "",
    "plain",
    "5\r\nhello\r\n",
    "5\r\nhel",
    "5\r\nhelloo\r\n0\r\n\r\n",
    "-1\r\nx\r\n0\r\n\r\n",
    "5hello\r\nhello\r\n0\r\n\r\n",
    "ffffffffffffffffffff\r\nx\r\n0\r\n\r\n",
    "100000005\r\nhello\r\n0\r\n\r\n",
    "0x5\r\nhello\r\n0\r\n\r\n",
    "g\r\n0123456789abcdef\r\n0\r\n",
    "5\r\nhello",
    "5\r\nhelloX0\r\n",
    "5",
    "5;x",
    "6\nhello\n",
    "14\r\nhello\r\n0\r\n\r\n",
    "FFFFFFFFFFFF\r\nx\r\n0\r\n\r\n",
  ])("refuses %j", (chunked) => {
    expect(() => decodeChunked(octets(chunked))).toThrow(DecodeError);
    expect(() => decodeChunked(octets(chunked))).toThrow(
      /^Cannot decode a chunked body as it must be whole chunks up to an empty one: current value is \d+ bytes that are not$/,
    );
  });
});
