import { describe, expect, it } from "vitest";
import { Detail } from "../../../../src/pipeline/answer/read/detail.ts";
import { chunksOf, latin1, octets } from "../../../support/octets.ts";

function told(bytes: Uint8Array, chunkSize: number, contentType?: string): string {
  const detail = new Detail();
  for (const chunk of chunksOf(bytes, chunkSize)) detail.take(chunk);
  return detail.end(contentType);
}

describe("Detail", () => {
  it.each([1, 3, 1_000])("keeps characters whole that chunks of %i octets cut", (chunkSize) => {
    expect(told(octets("Grüße, 漢字, 🎉"), chunkSize)).toBe("Grüße, 漢字, 🎉");
  });

  it.each([1_000, 8_192, 100_000])("ends after 8 kB, in chunks of %i octets", (chunkSize) => {
    expect(told(octets("x".repeat(100_000)), chunkSize)).toBe("x".repeat(8_192));
  });

  it("shows a character that stands across its end as the unknown one", () => {
    expect(told(octets("x".repeat(8_191) + "ü"), 4_096)).toBe("x".repeat(8_191) + "\ufffd");
  });

  it("rule 18: goes by the charset of the answer", () => {
    const html = latin1("<h1>Gr\xfc\xdfe</h1>");
    expect(told(html, 5, "text/html; charset=iso-8859-1")).toBe("<h1>Grüße</h1>");
  });

  it("is empty without a body", () => {
    expect(new Detail().end("text/html")).toBe("");
  });
});
