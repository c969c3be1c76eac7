import { describe, expect, it } from "vitest";
import { Rig } from "../../support/rig.ts";

const serviceOf = ({ url }: { readonly url: string }): string => url.split("-")[0]!;

describe("rule 13: who comes back to its lane stands there once", () => {
  it("when it shared the place of another one, and was taken out of the middle", () => {
    const rig = new Rig({
      wire: { serviceOf },
      maxWaitMs: 0,
      maxBatchSize: 1,
      concurrency: 1,
      shareReads: true,
      retry: { baseDelayMs: 1 },
    });
    rig.answer = ({ number, urls: [url] }) => {
      const headers = { "retry-after": "5" };
      if (number === 1) return rig.reply([{ index: 0, status: 503 }]);
      if (number === 2) return rig.reply([{ index: 0, status: 429, headers }]);
      return rig.reply([{ index: 0, body: url }]);
    };
    rig.send("mail-1");
    // The second of these reads leaves its place behind; the pause comes when both are back.
    for (const url of ["files-1", "files-2", "mail-2", "mail-3", "files-1"]) rig.send(url);
    for (const url of ["mail-4", "files-3", "files-4", "files-5"]) rig.send(url);
    rig.run();
    expect(rig.posts).toEqual([
      "@0 me: mail-1",
      "@1 me: files-1",
      "@2 me: files-2",
      "@3 me: mail-2",
      "@4 me: mail-3",
      "@5 me: mail-4",
      "@5003 me: files-1",
      "@5004 me: files-2",
      "@5005 me: files-3",
      "@5006 me: files-4",
      "@5007 me: files-5",
    ]);
    expect(rig.told).toHaveLength(10);
    expect(rig.timers).toBe(0);
  });
});
