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

describe("rule 22: a pause that grows with each part", () => {
  const COUNT = 20_000;

  it("looks at who waits for its end once, however often it grows", () => {
    let asked = 0;
    const rig = new Rig({
      wire: {
        serviceOf: (operation) => {
          asked++;
          return serviceOf(operation);
        },
      },
      maxWaitMs: 0,
      concurrency: 1,
      retry: { maxRetries: 0 },
    });
    // Of 20 parts, each asks for a little more.
    rig.answer = ({ number, urls }) =>
      rig.reply(urls.map((body, index) => {
        const headers = { "retry-after": String(1 + index / 1000) };
        return number === 0 ? { index, status: 429, headers } : { index, body };
      }));
    for (let count = 0; count < COUNT; count++) rig.send(`files-${count}`);
    rig.run(1000);
    expect(rig.posts).toHaveLength(1);
    expect(asked).toBeLessThan(2 * COUNT);
    rig.run();
    expect(rig.told).toHaveLength(COUNT);
    expect(rig.batches[1]!.urls).toEqual(rig.batches[1]!.urls.toSorted());
    expect(rig.timers).toBe(0);
  });

  it("keeps the order of who waits for it", () => {
    const rig = new Rig({ wire: { serviceOf }, maxWaitMs: 0, concurrency: 2 });
    rig.answer = ({ number, urls }) => {
      const headers = { "retry-after": String(1 + number) };
      const parts = urls.map((body, index) =>
        number < 2 ? { index, status: 429, headers } : { index, body }
      );
      return rig.reply(parts, { afterMs: number === 0 ? 1 : 100 });
    };
    rig.send("files-1");
    rig.batcher.flush();
    rig.send("files-2");
    rig.batcher.flush();
    rig.at(50, () => rig.send("files-3"));
    rig.at(200, () => rig.send("files-4"));
    rig.run();
    expect(rig.posts.at(-1)).toBe("@2100 me: files-1 files-2 files-3 files-4");
  });
});
