import { describe, expect, it } from "vitest";
import { post } from "../../../mod.ts";
import { names, okay, Rig } from "../../support/rig.ts";
import { steadyBackoff } from "../../support/virtual_time.ts";

steadyBackoff();

describe("rule 24: a refusal that names the number of operations", () => {
  it.each([
    [429, '{"error":{"code":"BATCH_TOO_MANY_REQ","message":"x"}}'],
    [400, "The current batch message contains too many parts. Only 100 are allowed."],
    [400, '{"error":{"message":"Number of batch request steps exceeds the max value of 20."}}'],
  ])("halves the lane, %i: %s", (status, text) => {
    const rig = new Rig();
    rig.answer = ({ urls }) =>
      urls.length > 5 ? rig.reply(text, { status }) : rig.reply(okay(urls));
    for (const url of names(20)) rig.send(url);
    rig.run();
    expect(rig.told.filter((line) => line.endsWith(" 200"))).toHaveLength(20);
    expect(rig.batches.at(-1)!.urls).toHaveLength(5);
  });

  it.each([429, 503])(
    "is none where a limit in time is meant, %i: it waits, and stays whole",
    (status) => {
      const rig = new Rig();
      rig.answer = ({ number, urls }) =>
        number === 0
          ? rig.reply("The request limit for batch operations was exceeded", { status })
          : rig.reply(okay(urls));
      for (const url of names(20)) rig.send(url);
      rig.run();
      expect(rig.batches.map(({ urls }) => urls.length)).toEqual([20, 20]);
      expect(rig.posts[1]).toMatch(/^@251 /);
    },
  );

  it("is one where requests in a batch are meant, under 429, too", () => {
    const rig = new Rig();
    rig.answer = ({ urls }) =>
      urls.length > 10
        ? rig.reply("Too many requests in a single batch: at most 10", { status: 429 })
        : rig.reply(okay(urls));
    for (const url of names(20)) rig.send(post(url));
    rig.run();
    expect(rig.batches.map(({ urls }) => urls.length)).toEqual([20, 10, 10]);
  });

  it("sends no write again that may have run before the refusal", () => {
    const rig = new Rig();
    rig.answer = () => rig.reply("The batch contains too many operations", { status: 400 });
    for (const url of names(4)) rig.send(post(url));
    expect(rig.run().posts).toHaveLength(1);
  });
});
