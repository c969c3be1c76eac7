import { Subscription } from "rxjs";
import { describe, expect, it } from "vitest";
import {
  atomic,
  type AtomicOperation,
  type BatchError,
  type BatchHttpError,
  get,
  post,
  put,
  type TransportError,
} from "../../../../mod.ts";
import { mixingContextOf } from "../../../support/plain_wire.ts";
import { type Rig, type RigOptions, untimed } from "../../../support/rig.ts";
import {
  type FirstAnswer,
  outer,
  refusedConnection,
  rigWith as rigOf,
} from "../../../rules/again/first_answers.ts";
import { steadyBackoff } from "../../../support/virtual_time.ts";

/** One batch after the other. */
function rigWith(first: readonly FirstAnswer[], options: RigOptions = {}): Rig {
  return rigOf(first, { maxWaitMs: 0, concurrency: 1, ...options });
}

/** What was in each batch. */
function batches({ batches }: Rig): string[] {
  return batches.map(({ urls }) => urls.join(" "));
}

function ends({ told }: Rig): string[] {
  return untimed(told).toSorted();
}

const TOO_MANY = "The batch contains too many operations.";

steadyBackoff();

describe("rule 17: an answer that cannot be read", () => {
  const plain = { headers: { "content-type": "plain" } };

  it("is that of one operation, which halves find, where nothing of it was read", () => {
    const rig = rigWith([(rig) => rig.reply("{broken\n", plain)]);
    rig.send("a");
    rig.send("b");
    rig.run();
    expect(batches(rig)).toEqual(["a b", "a", "b"]);
    expect(ends(rig)).toEqual(["a 200", "b 200"]);
  });

  it("leaves what was read before it broke, and finds the rest in halves", () => {
    const whole = JSON.stringify({ index: 0, body: "a" });
    const rig = rigWith([(rig) => rig.reply(`${whole}\n{broken\n`, plain)]);
    for (const url of ["a", "b", "c"]) rig.send(url);
    rig.run();
    expect(batches(rig)).toEqual(["a b c", "b", "c"]);
    expect(ends(rig)).toEqual(["a 200", "b 200", "c 200"]);
  });

  it("sends nothing again that must not run twice", () => {
    const rig = rigWith([(rig) => rig.reply("{broken\n", plain)]);
    rig.send(post("a"));
    rig.send("b");
    rig.run();
    expect(batches(rig)).toEqual(["a b", "b"]);
    expect(ends(rig)).toEqual(["a DecodeError 200", "b 200"]);
  });

  it("is no reason for halves when it is larger than it may be", () => {
    const rig = rigWith([(rig) => rig.reply("x".repeat(100), plain)], { maxResponseBytes: 50 });
    rig.send("a");
    rig.send("b");
    rig.run();
    expect(batches(rig)).toEqual(["a b"]);
    expect(rig.results.map(({ ok }) => ok)).toEqual([false, false]);
  });

  it("is no reason for halves when the wire itself has failed", () => {
    const decoder = () => {
      throw new RangeError("odd wire");
    };
    const rig = rigWith([], { wire: { decoder } });
    rig.send("a");
    rig.send("b");
    rig.run();
    expect(batches(rig)).toEqual(["a b"]);
    expect(ends(rig)).toEqual(["a DecodeError 200", "b DecodeError 200"]);
  });
});

describe("rule 21: a status that the server may send though it has run something", () => {
  it.each([401, 413])("renews and shrinks nothing: %i", (status) => {
    const asked: boolean[] = [];
    const rig = rigWith([outer(status)], {
      retry: { refusedStatuses: [429] },
      token: (_, { refresh }) => {
        asked.push(refresh);
        return "token";
      },
    });
    rig.send("a");
    rig.send("b");
    rig.run();
    expect(batches(rig)).toEqual(["a b"]);
    expect(ends(rig)).toEqual([`a BatchHttpError ${status}`, `b BatchHttpError ${status}`]);
    expect(asked).toEqual([false]);
  });

  it("is a refusal where the batcher is told so", () => {
    const rig = rigWith([outer(400)], { retry: { refusedStatuses: [400], baseDelayMs: 0 } });
    rig.send(post("a"));
    rig.run();
    expect(batches(rig)).toEqual(["a", "a"]);
    expect(ends(rig)).toEqual(["a 200"]);
  });
});

describe("rule 24: a batch that is too large", () => {
  it("halves the octets of the lane's next ones, too", () => {
    const rig = rigWith([outer(413)], { maxBatchSize: 4, maxBatchBytes: 1_000 });
    const urls = ["a", "b", "c", "d"].map((name) => name.repeat(100));
    for (const url of urls) rig.send(url);
    for (const name of ["e", "f", "g", "h"]) rig.send(name.repeat(name < "g" ? 150 : 90));
    rig.run();
    expect(rig.batches.map(({ urls }) => urls.map((url) => url[0]).join(""))).toEqual([
      "abcd",
      "ab",
      "cd",
      "e",
      "f",
      "gh",
    ]);
    expect(rig.results.filter(({ ok }) => ok)).toHaveLength(8);
  });

  it("halves nothing when it was a single operation, which fails alone", () => {
    const rig = rigWith([outer(413)]);
    rig.send("a");
    rig.batcher.flush();
    for (const url of ["b", "c"]) rig.send(url);
    rig.run();
    expect(batches(rig)).toEqual(["a", "b c"]);
    expect(ends(rig)).toEqual(["a BatchHttpError 413", "b 200", "c 200"]);
    expect(rig.errorOf("a").cause).toBeUndefined();
  });

  it("lets one operation at a time go after two were too large", () => {
    const rig = rigWith([outer(413)], { maxBatchSize: 2 });
    for (const url of ["a", "b", "c", "d"]) rig.send(url);
    rig.run();
    expect(batches(rig)).toEqual(["a b", "a", "b", "c", "d"]);
  });

  it("is judged without whoever has left meanwhile", () => {
    const rig = rigWith([(rig) => rig.reply("no", { status: 413, afterMs: 10 })]);
    const leaving = rig.send("a");
    for (const url of ["b", "c"]) rig.send(url);
    rig.at(5, () => leaving.unsubscribe());
    rig.run();
    expect(batches(rig).flatMap((urls) => urls.split(" ")).filter((url) => url === "a"))
      .toHaveLength(1);
    expect(ends(rig)).toEqual(["b 200", "c 200"]);
  });
});

describe("rule 24: a batch of too many operations", () => {
  it("goes again in smaller ones", () => {
    const rig = rigWith([outer(429, {}, TOO_MANY)]);
    for (const url of ["a", "b", "c"]) rig.send(post(url));
    rig.run();
    expect(batches(rig)).toEqual(["a b c", "a b", "c"]);
    expect(ends(rig)).toEqual(["a 200", "b 200", "c 200"]);
  });

  it("keeps for its caller what may have run, with no budget to blame", () => {
    const rig = rigWith([outer(400, {}, TOO_MANY)]);
    rig.send(post("a"));
    rig.send("b");
    rig.run();
    expect(batches(rig)).toEqual(["a b", "b"]);
    expect(ends(rig)).toEqual(["a BatchHttpError 400", "b 200"]);
    expect(rig.errorOf("a").cause).toBeUndefined();
  });

  it("waits as it is where the server says how long", () => {
    const rig = rigWith([outer(429, { "retry-after": "2" }, TOO_MANY)]);
    rig.send("a");
    rig.send("b");
    rig.run();
    expect(rig.posts).toEqual(["@0 me: a b", "@2001 me: a b"]);
  });

  it("is throttled like any other when it holds one only", () => {
    const rig = rigWith([outer(429, {}, TOO_MANY)]);
    rig.send("a");
    rig.run();
    expect(batches(rig)).toEqual(["a", "a"]);
    expect(ends(rig)).toEqual(["a 200"]);
  });
});

describe("rule 22: a pause that a whole batch was told", () => {
  it("holds all services of its lane", () => {
    const rig = rigWith([outer(503, { "retry-after": "2" })], {
      concurrencyPerContext: 1,
      wire: { serviceOf: ({ url }) => url.slice(0, 1) },
    });
    rig.send("mail");
    rig.at(100, () => rig.send("files"));
    rig.run();
    expect(rig.posts[0]).toBe("@0 me: mail");
    expect(rig.posts.slice(1).every((line) => line.startsWith("@2001 "))).toBe(true);
    expect(ends(rig)).toEqual(["files 200", "mail 200"]);
  });

  it("holds all of them also where it was drawn", () => {
    const rig = rigWith([outer(503)], {
      retry: { baseDelayMs: 10_000 },
      wire: { serviceOf: ({ url }) => url.slice(0, 1) },
    });
    rig.send("mail");
    rig.at(2, () => rig.send("files"));
    rig.run();
    expect(batches(rig)[0]).toBe("mail");
    expect(rig.posts.slice(1)).not.toContain("@2 me: files");
    expect(ends(rig)).toEqual(["files 200", "mail 200"]);
  });
});

describe("rule 19: whoever goes again of a batch that was refused", () => {
  it("is nobody who has left", () => {
    for (const status of [400, 401, 413]) {
      const rig = rigWith([(rig) => rig.reply("no", { status, afterMs: 10 })], {
        token: () => "token",
      });
      const leaving = rig.send("a");
      rig.send("b");
      rig.send("c");
      rig.at(5, () => leaving.unsubscribe());
      rig.run();
      expect(batches(rig).slice(1).join(" ").split(" ").toSorted()).toEqual(["b", "c"]);
      expect(ends(rig)).toEqual(["b 200", "c 200"]);
    }
  });

  it("is nobody who leaves when he sees what another one is told", () => {
    for (const [status, text] of [[400, "no"], [400, TOO_MANY], [500, "no"]] as const) {
      const rig = rigWith([outer(status, {}, text)], { maxQueued: 3 });
      const seen: string[] = [];
      rig.batcher.send(post("a")).subscribe({
        error: () => {
          seen.push("a failed");
          leaving.unsubscribe();
        },
      });
      const leaving = rig.send("b");
      rig.send("c");
      rig.run();
      expect(seen).toEqual(["a failed"]);
      expect(batches(rig)).toEqual(["a b c", "c"]);
      expect(ends(rig)).toEqual(["c 200"]);
      for (const url of ["d", "e", "f"]) rig.send(url);
      rig.run();
      expect(ends(rig)).toEqual(["c 200", "d 200", "e 200", "f 200"]);
    }
  });

  it("is nobody who leaves when he sees that another one's fresh token is refused", () => {
    const rig = rigWith([outer(401), outer(401)], {
      wire: { contextOf: mixingContextOf },
      token: (_, { refresh }) => refresh ? "fresh" : "stale",
    });
    const all = new Subscription();
    const seen: string[] = [];
    const leave = (error: BatchError) => {
      seen.push(`${error.name} ${(error as BatchHttpError).status}`);
      all.unsubscribe();
    };
    for (const url of ["a", "b"]) {
      all.add(rig.batcher.send(get(url, { context: url })).subscribe({ error: leave }));
    }
    rig.send(get("c", { context: "c" }));
    rig.run();
    expect(rig.batches.map(({ urls }) => urls.length)).toEqual([3, 3]);
    expect(seen).toEqual(["BatchHttpError 401"]);
    expect(ends(rig)).toEqual(["c BatchHttpError 401"]);
  });
});

describe("rule 21: a refusal after which some may have run", () => {
  it("sends no group again of which one member must not run twice", () => {
    const encodeGroup = (operation: AtomicOperation) => ({ operation, bytes: 1 });
    const rig = rigWith([outer(500)], { wire: { encodeGroup } });
    rig.send(atomic([put("a", {}), post("b", {})], { label: "group" }));
    rig.send("c");
    rig.run();
    expect(rig.batches).toHaveLength(2);
    expect(ends(rig)).toEqual(["c 200", "group BatchHttpError 500"]);
    expect(rig.errorOf("group").cause).toBeUndefined();
  });

  it("is remembered: nothing is said to be unsent later, unless it was certain", () => {
    const unsent = Array.from({ length: 3 }, () => refusedConnection);
    const sentAfter = (first: FirstAnswer) => {
      const rig = rigWith([first, ...unsent], {
        retry: { maxRetries: 1, baseDelayMs: 0 },
      });
      rig.send(put("a", {}));
      rig.send(put("b", {}));
      rig.run();
      return (rig.errorOf("a") as TransportError).sent;
    };
    expect(sentAfter(outer(500))).toBe(true);
    expect(sentAfter(outer(413))).toBe(false);
  });
});
