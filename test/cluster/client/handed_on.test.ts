import { firstValueFrom } from "rxjs";
import { expect, it } from "vitest";
import { get } from "../../../mod.ts";
import { fakeGraph } from "../../../src/testing.ts";
import { fleetOf } from "../support.ts";

it("every method of a fleet's batcher may be handed on as it is", async () => {
  const { send, sendAll, flush, mailbox, close } = fleetOf(fakeGraph());
  const answer = firstValueFrom(send(get("me/messages")));
  flush();
  expect((await answer).status).toBe(200);
  for await (const result of sendAll([get("me/messages"), get("me/events")])) {
    expect(result).toMatchObject({ ok: true, response: { status: 200 } });
  }
  expect(await mailbox("me").look()).toBeDefined();
  await close();
});
