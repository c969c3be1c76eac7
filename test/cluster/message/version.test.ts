import { Effect, Layer } from "effect";
import { describe, expect, it } from "vitest";
import { createGraphBatcher, fetchTransport, get } from "../../../mod.ts";
import { embedded, mailboxLayer } from "../../../src/cluster.ts";
import { wireOperationOf } from "../../../src/cluster/message/request.ts";
import { delivers, type Message } from "../../../src/cluster/runner/entity.ts";
import { fakeGraph } from "../../../src/testing.ts";

/** What a runner answers to a message, whoever wrote it. */
function answerTo(message: Partial<Message>): Promise<string> {
  const service = fakeGraph();
  const options = { token: service.token, transport: fetchTransport(service.fetch), maxWaitMs: 1 };
  const mailboxes = mailboxLayer({ create: createGraphBatcher, options });
  const operations = [wireOperationOf(get("me/messages"), { key: "1", isKept: false })];
  const whole = {
    version: 1,
    key: "1",
    wantsEvents: false,
    content: JSON.stringify({ operations }),
    ...message,
  };
  const program = Effect.gen(function* () {
    const deliver = yield* delivers;
    return yield* deliver("me", whole, { isPersisted: false });
  });
  return Effect.runPromise(
    Effect.match(Effect.provide(program, Layer.provideMerge(mailboxes, embedded())), {
      onSuccess: (answer) => answer,
      onFailure: (error) => "message" in error ? error.message : error._tag,
    }),
  );
}

describe("a message", () => {
  it("is answered in the form that it has", async () => {
    const { outcomes } = JSON.parse(await answerTo({}));
    expect(outcomes[0].responses[0].status).toBe(200);
  });

  it("is refused with a sentence when it has a form of another version", async () => {
    expect(await answerTo({ version: 2 })).toBe(
      "Cannot take a message as its version must be one of 1: current value is 2",
    );
  });

  it("may hold what a later version adds", async () => {
    const operations = [{
      ...wireOperationOf(get("me/messages"), { key: "1", isKept: false }),
      later: true,
    }];
    const { outcomes } = JSON.parse(
      await answerTo({ content: JSON.stringify({ operations, also: 1 }) }),
    );
    expect(outcomes[0].responses[0].status).toBe(200);
  });

  it.each(["", "{", "[]", '{"operations":[{}]}'])(
    "is refused when it cannot be read: %s",
    async (content) => {
      expect(await answerTo({ content })).toMatch(/^Cannot take a message as its content must be/);
    },
  );
});
