import { describe, expect, it } from "vitest";
import { after, get, head, type OperationResponse } from "../../../mod.ts";
import { okay, Rig, type RigOptions } from "../../support/rig.ts";

function sharing(options: RigOptions = {}): Rig {
  return new Rig({ shareReads: true, retry: { baseDelayMs: 1000 }, ...options });
}

/** What each POST asked for. */
function asked(rig: Rig): readonly string[] {
  return rig.batches.map(({ urls }) => urls.join(" "));
}

const passing = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value: unknown) => ({ value: { checked: value } }),
  },
} as const;
const refusing = {
  "~standard": { version: 1, vendor: "test", validate: () => ({ issues: [{ message: "no" }] }) },
} as const;

describe("rule 33: shareReads", () => {
  it("sends reads that wait together as one, and answers each, wherever they stand", () => {
    const rig = sharing();
    for (const url of ["a", "b", "a", "c", "b", "a"]) rig.send(url);
    rig.run();
    expect(asked(rig)).toEqual(["a b c"]);
    expect(rig.told.toSorted()).toEqual(
      ["a", "a", "a", "b", "b", "c"].map((url) => `@11 ${url} 200`),
    );
    expect(rig.timers).toBe(0);
  });

  it("is off unless it is asked for", () => {
    const rig = new Rig();
    rig.send("a");
    rig.send("a");
    rig.run();
    expect(asked(rig)).toEqual(["a a"]);
  });

  it("counts those who share as one against the size of a batch and the pace", () => {
    const rig = sharing({ maxBatchSize: 2, pace: { operations: 2, perMs: 1000 } });
    for (const url of ["a", "a", "a"]) rig.send(url);
    rig.at(5, () => rig.send("b"));
    rig.run();
    expect(rig.posts).toEqual(["@5 me: a b"]);
    expect(rig.told).toHaveLength(4);
  });

  it("tells reads apart by all that the server, or their answer, could tell them apart by", () => {
    const rig = sharing({ token: () => "t", maxBatchSize: 20 });
    const inits = [
      {},
      { headers: { Accept: "x" } },
      { okStatuses: [404] },
      { retry: false },
      { retry: { statuses: [500] } },
      { idempotent: false },
      { read: "text" },
      { account: "danas" },
      { context: "x" },
    ] as const;
    for (const init of [...inits, ...inits]) rig.send(get("a", init));
    rig.send(head("a"));
    rig.send(head("a"));
    rig.run();
    const sent = asked(rig).join(" ").split(" ");
    expect(sent).toHaveLength(inits.length + 2);
    expect(rig.told).toHaveLength(2 * inits.length + 2);
  });

  it("tells contexts apart that go in one lane", () => {
    const url = "https://plain.example/all/$batch";
    const rig = sharing({ wire: { contextOf: () => ({ key: "all", name: "all", url }) } });
    for (const context of ["x", "y", "x"]) rig.send(get("a", { context }));
    rig.run();
    expect(asked(rig)).toEqual(["a a"]);
  });

  it("leaves those alone that have an order", () => {
    const rig = sharing();
    const first = get("first");
    rig.send(first);
    for (let count = 0; count < 2; count++) rig.send(get("a", { dependsOn: [first] }));
    for (let count = 0; count < 2; count++) rig.send(get("b", { orderingKey: "k" }));
    const parent = get("parent");
    const derived = after(parent, () => get("c"));
    rig.send(parent);
    rig.send(derived);
    rig.send("c");
    rig.run();
    const sent = asked(rig).join(" ").split(" ");
    expect(sent.toSorted()).toEqual(["a", "a", "b", "b", "c", "c", "first", "parent"]);
    expect(rig.told).toHaveLength(8);
  });

  it("lets one go on whose turn comes after a read that was shared", () => {
    const rig = sharing({ wire: { order: "native" } });
    const [first, second] = [get("a"), get("a")];
    rig.send(first);
    rig.send(second);
    rig.send(get("b", { dependsOn: [first] }));
    rig.send(get("c", { dependsOn: [second] }));
    rig.run();
    expect(rig.told.map((line) => line.slice(line.indexOf(" ") + 1)).toSorted()).toEqual(
      ["a 200", "a 200", "b 200", "c 200"],
    );
    expect(asked(rig).join(" ").split(" ").toSorted()).toEqual(["a", "b", "c"]);
  });

  it("does not join what has left already", () => {
    const rig = sharing();
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 100 });
    rig.send("a");
    rig.at(50, () => rig.send("a"));
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", "@60 me: a"]);
  });

  it("asks each one's own schema, and gives each a body of his own", () => {
    const body = { list: [1] };
    const rig = sharing({
      wire: {
        decoder: () => ({
          write: () => [{ index: 0, status: 200, headers: {}, readBody: () => body }],
          end: () => [],
        }),
      },
    });
    const answers: OperationResponse[] = [];
    for (let count = 0; count < 2; count++) {
      rig.batcher.send(get<{ list: number[] }>("a")).subscribe((answer) => {
        answer.body.list.push(count + 2);
        answers.push(answer);
      });
    }
    rig.send(get("a", { schema: passing }));
    rig.send(get("a", { schema: refusing }), "refused");
    rig.run();
    expect(asked(rig)).toEqual(["a"]);
    expect(answers.map((answer) => answer.body)).toEqual([{ list: [1, 2] }, { list: [1, 3] }]);
    expect(rig.bodyOf("a")).toEqual({ checked: { list: [1] } });
    expect(rig.told).toEqual(["@11 a 200", "@11 refused SchemaError"]);
  });

  it("reads once for each where a part reads afresh: what parseJson makes keeps its prototype", () => {
    class Page {
      readonly list: number[] = [];
    }
    let read = 0;
    const readBody = () => {
      read++;
      return new Page();
    };
    const part = { index: 0, status: 200, headers: {}, readsAfresh: true, readBody };
    const rig = sharing({ wire: { decoder: () => ({ write: () => [part], end: () => [] }) } });
    const bodies: Page[] = [];
    const leaver = rig.batcher.send(get("a")).subscribe();
    for (let count = 0; count < 2; count++) {
      rig.batcher.send(get<Page>("a")).subscribe(({ body }) => bodies.push(body));
    }
    rig.at(5, () => leaver.unsubscribe());
    rig.run();
    expect(asked(rig)).toEqual(["a"]);
    expect(bodies.map((body) => body instanceof Page)).toEqual([true, true]);
    expect(bodies[0]).not.toBe(bodies[1]);
    expect(read).toBe(2);
  });

  it("compares URLs as they are written", () => {
    const rig = sharing();
    for (const url of ["a?x=1", "a?x=%31", "a?x=1", "./a?x=1"]) rig.send(url);
    rig.run();
    expect(asked(rig)).toEqual(["a?x=1 a?x=%31 ./a?x=1"]);
  });

  it("gives each an error of his own", () => {
    const rig = sharing();
    rig.answer = ({ urls }) => rig.reply(urls.map((_url, index) => ({ index, status: 404 })));
    const operations = [get("a"), get("a")];
    for (const operation of operations) rig.send(operation);
    rig.run();
    const errors = rig.results.map((result) => result.ok ? undefined : result.error);
    expect(errors.map((error) => error?.operation)).toEqual(operations);
    expect(errors[0]).not.toBe(errors[1]);
  });

  it("keeps together those who go again", () => {
    for (const failure of ["part", "answer", "connection"]) {
      const rig = sharing();
      rig.answer = ({ number, urls }) => {
        if (number > 0) return rig.reply(okay(urls));
        if (failure === "connection") return rig.failing(new Error("cut"));
        return failure === "answer"
          ? rig.reply("busy", { status: 503 })
          : rig.reply(urls.map((_url, index) => ({ index, status: 503 })));
      };
      for (let count = 0; count < 5; count++) rig.send("a");
      rig.run();
      expect(asked(rig)).toEqual(["a", "a"]);
      expect(rig.results.map((result) => result.ok && result.response.attempts))
        .toEqual([2, 2, 2, 2, 2]);
    }
  });

  it("withdraws it with the last one who leaves, whoever came first", () => {
    const rig = sharing();
    const [first, second, alone, other] = ["a", "a", "b", "b"].map((url) => rig.send(url));
    rig.at(5, () => {
      first!.unsubscribe();
      alone!.unsubscribe();
      other!.unsubscribe();
    });
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a"]);
    expect(rig.told).toEqual(["@11 a 200"]);
    expect(second!.closed).toBe(true);
  });

  it("drops its POST with the last one who leaves", () => {
    const rig = sharing();
    rig.answer = ({ urls }) => rig.reply(okay(urls), { afterMs: 100 });
    const [first, second] = ["a", "a"].map((url) => rig.send(url));
    rig.at(20, () => first!.unsubscribe());
    rig.at(30, () => expect(rig.dropped).toEqual([]));
    rig.at(40, () => second!.unsubscribe());
    rig.run();
    expect(rig.dropped).toEqual([0]);
    expect(rig.told).toEqual([]);
    expect(rig.timers).toBe(0);
  });

  it("stays in its batch as long as one waits, also while beforeSend is asked", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => release = resolve);
    const rig = sharing({ beforeSend: () => held });
    const first = rig.send("a");
    rig.send("a");
    rig.send("b");
    rig.run(20);
    first.unsubscribe();
    release();
    await held;
    await Promise.resolve();
    rig.run();
    expect(asked(rig)).toEqual(["a b"]);
    expect(rig.told).toHaveLength(2);
  });

  describe("when a pause puts their batch back while beforeSend is asked", () => {
    /** The first POST is told to pause while the second waits for its word. */
    async function putBack(second: (rig: Rig) => void) {
      const words: (() => void)[] = [];
      const rig = sharing({
        maxWaitMs: 0,
        beforeSend: () => words.length === 0 ? void words.push(() => {}) : word(),
      });
      const word = () => new Promise<void>((resolve) => words.push(resolve));
      const heard = async () => {
        for (let at = 0; at < 5; at++) await Promise.resolve();
      };
      rig.answer = ({ number, urls }) =>
        rig.reply(
          okay(urls),
          number === 0 ? { afterMs: 10, headers: { "retry-after": "5" } } : {},
        );
      rig.send("first");
      rig.run(1);
      second(rig);
      rig.run(20);
      /** The word for the batch that waits for one. */
      const release = async (untilMs?: number) => {
        words.at(-1)!();
        await heard();
        rig.run(untilMs);
      };
      await release(100);
      expect(rig.posts).toEqual(["@0 me: first"]);
      return { rig, release };
    }

    it("they share again, and with those that came meanwhile", async () => {
      const { rig, release } = await putBack((rig) => {
        for (const name of ["a1", "a2"]) rig.send(get("a"), name);
        rig.send("b");
      });
      rig.send(get("a"), "a3");
      rig.run(6_000);
      await release();
      expect(rig.posts).toEqual(["@0 me: first", "@6000 me: a b"]);
      expect(rig.told.slice(1)).toEqual(["a1", "a2", "a3", "b"].map((name) => `@6001 ${name} 200`));
      const attempts = rig.results.map((result) => result.ok && result.response.attempts);
      expect(attempts).toEqual([1, 1, 1, 1, 1]);
      expect(rig.timers).toBe(0);
    });

    it("who leaves then takes nothing from the others, and the last one withdraws it", async () => {
      const leaving: (() => void)[] = [];
      const { rig, release } = await putBack((rig) => {
        for (const name of ["a1", "a2", "b1", "b2"]) {
          const subscription = rig.send(get(name[0]!), name);
          if (name !== "a2") leaving.push(() => subscription.unsubscribe());
        }
      });
      for (const leave of leaving) leave();
      rig.run(6_000);
      await release();
      expect(rig.posts).toEqual(["@0 me: first", "@6000 me: a"]);
      expect(rig.told.slice(1)).toEqual(["@6001 a2 200"]);
      expect(rig.timers).toBe(0);
    });

    it("an operation that left is sent once when it is submitted again", async () => {
      const again = get("a");
      let leave = () => {};
      const { rig, release } = await putBack((rig) => {
        const subscription = rig.send(again, "left");
        leave = () => subscription.unsubscribe();
        rig.send("b");
      });
      leave();
      rig.send(again, "back");
      rig.run(6_000);
      await release();
      expect(rig.posts).toEqual(["@0 me: first", "@6000 me: b a"]);
      expect(rig.told.slice(1)).toEqual(["@6001 b 200", "@6001 back 200"]);
    });
  });

  it("keeps those together who were in a POST before they are put back", async () => {
    const words: (() => void)[] = [];
    const rig = sharing({
      concurrency: 2,
      retry: { baseDelayMs: 0 },
      beforeSend: () => {
        if (words.length < 2) return void words.push(() => {});
        return new Promise<void>((resolve) => words.push(resolve));
      },
    });
    const heard = async () => {
      for (let at = 0; at < 5; at++) await Promise.resolve();
    };
    rig.answer = ({ number, urls }) => {
      if (number === 0) return rig.reply("busy", { status: 503 });
      return rig.reply(
        okay(urls),
        number === 1 ? { afterMs: 50, headers: { "retry-after": "5" } } : {},
      );
    };
    for (const name of ["a1", "a2"]) rig.send(get("a"), name);
    rig.at(10.5, () => rig.send("other"));
    rig.at(10.5, () => rig.batcher.flush());
    rig.run(100);
    words[2]!();
    await heard();
    rig.send(get("a"), "a3");
    rig.run(6_000);
    words[3]!();
    await heard();
    rig.run();
    expect(asked(rig)).toEqual(["a", "other", "a a"]);
    expect(rig.told.slice(1)).toEqual(["a1", "a2", "a3"].map((name) => `@6001 ${name} 200`));
    const attempts = rig.results.map((result) => result.ok && result.response.attempts);
    expect(attempts).toEqual([1, 2, 2, 1]);
    expect(rig.timers).toBe(0);
  });
});
