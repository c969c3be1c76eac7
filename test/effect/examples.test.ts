import { Effect, Fiber, Layer } from "effect";
import { TestClock } from "effect/testing";
import { format } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { Digest, layer } from "../../examples/effect_service/digest.ts";
import { fetchTransport } from "../../mod.ts";
import { OutlookBatch } from "../../src/effect.ts";
import { fakeOutlook } from "../../src/testing.ts";

describe("examples/effect_service", () => {
  it("reads what it says, in far fewer batches than operations", async () => {
    const printed: string[] = [];
    const log = vi.spyOn(console, "log").mockImplementation((...values) =>
      void printed.push(format(...values))
    );
    await import("../../examples/effect_service.ts");
    log.mockRestore();
    const [operations = 0, batches = 0] = printed.pop()?.match(/\d+/g)?.map(Number) ?? [];
    expect(printed).toHaveLength(5);
    expect(printed[0]).toMatch(/^ada@contoso.com: \d+ unread, \d+ senders$/);
    expect(printed[4]).toBe(printed[0]);
    expect(printed[3]).toBe("nobody@contoso.com: no mailbox (MailboxNotEnabledForRESTAPI)");
    expect(operations).toBeGreaterThan(10);
    expect(batches).toBeLessThan(operations);
  });

  it("asks once for what many want to know, when the program's clock says so", () => {
    const outlook = fakeOutlook({ mailboxes: { "ada@contoso.com": { messages: 5 } } });
    const batches = OutlookBatch.layer({
      token: outlook.token,
      transport: fetchTransport(outlook.fetch),
      maxWaitMs: 10,
    });
    return Effect.runPromise(
      Effect.gen(function* () {
        const { unread } = yield* Digest;
        const fiber = yield* Effect.forkChild(Effect.forEach(
          Array.from({ length: 50 }, () => "ada@contoso.com"),
          unread,
          { concurrency: "unbounded" },
        ));
        yield* TestClock.adjust("9 millis");
        expect(outlook.posts).toBe(0);
        yield* TestClock.adjust("1 millis");
        const counts = yield* Fiber.join(fiber);
        expect(new Set(counts).size).toBe(1);
        expect(outlook.ledger.entries).toHaveLength(1);
      }).pipe(
        Effect.provide(Layer.provide(layer, batches)),
        Effect.provide(TestClock.layer()),
      ),
    );
  });
});
