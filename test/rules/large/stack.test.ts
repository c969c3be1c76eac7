import { from } from "rxjs";
import { describe, expect, it } from "vitest";
import { after, type AnyOperation, get, type Operation } from "../../../mod.ts";
import { plainBody } from "../../support/plain_wire.ts";
import { names, okay, Rig } from "../../support/rig.ts";

describe("rule 32: a derived operation costs no stack", () => {
  it("100,000 links in one chain", () => {
    const rig = new Rig({ maxWaitMs: 0, maxBatchSize: 1 });
    rig.answer = ({ urls }) => from([{ status: 200, headers: {}, body: [plainBody(okay(urls))] }]);
    const links: AnyOperation[] = [get("m")];
    while (links.length < 100_000) links.push(after(links.at(-1)!, () => get("m")));
    let answered = 0;
    for (const link of links) rig.batcher.send(link).subscribe(() => answered++);
    rig.run();
    expect(answered).toBe(100_000);
  }, 60_000);

  it("100,000 children of one parent, and all of them fail with it", () => {
    for (const status of [200, 404]) {
      const rig = new Rig({ maxWaitMs: 0 });
      rig.answer = ({ urls }) =>
        rig.reply(
          urls.map((body, index) => ({ index, body, status: body === "p" ? status : 200 })),
        );
      let answered = 0;
      let failed = 0;
      const parent = get("p");
      rig.batcher.send(parent).subscribe({ error: () => {} });
      for (let child = 0; child < 100_000; child++) {
        rig.batcher.send(after(parent, () => get("c"))).subscribe({
          next: () => answered++,
          error: () => failed++,
        });
      }
      rig.run();
      expect([answered, failed]).toEqual(status === 200 ? [100_000, 0] : [0, 100_000]);
      expect(rig.posts).toHaveLength(status === 200 ? 5001 : 1);
    }
  }, 60_000);
});

describe("rule 29: what settles others costs no stack", () => {
  it("takes 100,000 links without stack, when the first succeeds and when it fails", () => {
    for (const status of [200, 404]) {
      const rig = new Rig({ maxWaitMs: 0, wire: { order: "native" }, maxBatchSize: 20 });
      rig.answer = ({ urls }) =>
        rig.reply(urls.map((url, index) => ({ index, status, body: url })));
      let settled = 0;
      let last: Operation | undefined;
      const count = status === 200 ? 5000 : 100_000;
      for (let link = 0; link < count; link++) {
        last = get("a", last === undefined ? {} : { dependsOn: [last] });
        rig.batcher.send(last).subscribe({ next: () => settled++, error: () => settled++ });
      }
      rig.run();
      expect(settled).toBe(count);
    }
  }, 60_000);

  it("takes 100,000 that wait for one, and 100,000 that leave", () => {
    const rig = new Rig({ maxWaitMs: 0 });
    rig.answer = () => rig.reply([{ index: 0, status: 404 }]);
    let settled = 0;
    const first = get("first");
    rig.send(first);
    for (let at = 0; at < 100_000; at++) {
      rig.batcher.send(get("a", { dependsOn: [first] })).subscribe({ error: () => settled++ });
    }
    rig.run();
    expect(settled).toBe(100_000);
    const subscriptions = names(100_000).map((url) =>
      rig.batcher.send(get(url, { orderingKey: "k" })).subscribe()
    );
    for (const subscription of subscriptions) subscription.unsubscribe();
    expect(rig.timers).toBe(0);
  }, 60_000);
});
