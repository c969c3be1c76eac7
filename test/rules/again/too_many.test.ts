import { describe, expect, it } from "vitest";
import { post } from "../../../mod.ts";
import { names, okay, Rig } from "../../support/rig.ts";

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

  it("sends no write again that may have run before the refusal", () => {
    const rig = new Rig();
    rig.answer = () => rig.reply("The batch contains too many operations", { status: 400 });
    for (const url of names(4)) rig.send(post(url));
    expect(rig.run().posts).toHaveLength(1);
  });
});
