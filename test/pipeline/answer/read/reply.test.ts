import { of, Subject } from "rxjs";
import { describe, expect, it } from "vitest";
import { createBatcher, get } from "../../../../mod.ts";
import { plainBody, plainWire } from "../../../support/plain_wire.ts";

describe("Reply", () => {
  it("lets bytes wait that come while a part is being delivered", async () => {
    const body = new Subject<Uint8Array>();
    const told: unknown[] = [];
    const batcher = createBatcher(plainWire(), {
      transport: () => of({ status: 200, headers: {}, body }),
    });
    batcher.send(get("a")).subscribe((response) => {
      body.next(plainBody([{ index: 1, body: "second" }]));
      body.complete();
      told.push(response.body);
    });
    batcher.send(get("b")).subscribe((response) => told.push(response.body));
    batcher.flush();
    body.next(plainBody([{ index: 0, body: "first" }]));
    await batcher.close();
    expect(told).toEqual(["first", "second"]);
  });
});
