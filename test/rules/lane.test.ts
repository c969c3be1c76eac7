import { describe, expect, it } from "vitest";
import { createOutlookBatcher, get, post } from "../../mod.ts";
import { survivors } from "../support/garbage.ts";
import { names, okay, Rig, untimed } from "../support/rig.ts";

describe("rule 5: one context a batch", () => {
  it("never mixes contexts, however they are interleaved", () => {
    const rig = new Rig();
    for (let at = 0; at < 12; at++) rig.send(get(`u${at}`, { context: `c${at % 3}` }));
    rig.run();
    expect(rig.posts).toEqual([
      "@10 c0: u0 u3 u6 u9",
      "@10 c1: u1 u4 u7 u10",
      "@10 c2: u2 u5 u8 u11",
    ]);
  });

  it("puts every spelling of one mailbox into one lane", () => {
    const bodies: string[] = [];
    const rig = new Rig();
    const batcher = createOutlookBatcher({
      scheduler: rig.clock,
      transport: ({ url, body }) => {
        bodies.push(`${url}\n${new TextDecoder().decode(body)}`);
        return rig.failing(new Error("no server"));
      },
      retry: false,
    });
    const spellings = [
      "https://outlook.office.com/api/v2.0/users('Rufus@contoso.com')/messages",
      "/api/v2.0/Users('rufus@contoso.com')/messages",
      "/api/v2.0/users/'rufus@contoso.com'/messages",
      "/api/v2.0/users/RUFUS@contoso.com/messages",
    ];
    for (const url of spellings) batcher.send(get(url)).subscribe({ error: () => {} });
    const context = "users('rufus@CONTOSO.com')";
    batcher.send(get("messages", { context })).subscribe({ error: () => {} });
    rig.run();
    expect(bodies).toHaveLength(1);
    expect(new Set(bodies[0]!.match(/GET \S+/g)).size).toBe(1);
    expect(bodies[0]!.match(/GET \S+/g)).toHaveLength(5);
  });

  it("encodes each operation with the context that the wire has read from it", () => {
    const contexts: string[] = [];
    const rig = new Rig({
      wire: {
        contextOf: ({ url }) => ({ key: "me", name: url, url: "https://plain.example/me/$batch" }),
        encodeOne: (operation, { name }) => {
          contexts.push(`${operation.url} as ${name}`);
          return { operation, bytes: 1 };
        },
      },
    });
    for (const url of ["a", "b", "c"]) rig.send(url);
    rig.run();
    expect(contexts).toEqual(["a as a", "b as b", "c as c"]);
    expect(rig.posts).toEqual(["@10 me: a b c"]);
  });

  it("refuses a context that contradicts the URL, alone", () => {
    const rig = new Rig();
    const batcher = createOutlookBatcher({
      scheduler: rig.clock,
      transport: () => rig.failing(new Error("no server")),
    });
    const url = "https://outlook.office.com/api/v2.0/users('a@b.c')/messages";
    rig.watch("a", batcher.send(get(url, { context: "users('d@e.f')" })));
    expect(rig.told).toEqual(["@0 a OperationError"]);
    expect(rig.timers).toBe(0);
  });
});

describe("rule 6: an operation's own Authorization is part of its lane", () => {
  const wire = {
    contextOf({ context = "me", headers }: { context?: string | undefined; headers: object }) {
      const { Authorization } = headers as { Authorization?: string };
      return {
        key: `${context}\n${Authorization ?? ""}`,
        name: context,
        url: `https://plain.example/${context}/$batch`,
        authorization: Authorization,
      };
    },
  };

  it("never puts two people into one batch, and never asks for their token", () => {
    let asked = 0;
    const rig = new Rig({ wire, token: () => `t${++asked}` });
    const as = (name: string) => ({ headers: { Authorization: name } });
    rig.send(get("a", as("ann")));
    rig.send(get("b", as("bob")));
    rig.send(get("c", as("ann")));
    rig.send("d");
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a c", "@10 me: b", "@10 me: d"]);
    expect(rig.batches.map(({ request }) => request.headers["Authorization"])).toEqual([
      "ann",
      "bob",
      "Bearer t1",
    ]);
    expect(asked).toBe(1);
  });

  it("does not refresh it on 401, of the part or of the batch", () => {
    const rig = new Rig({ wire, token: () => "t" });
    rig.answer = ({ number }) =>
      number === 0 ? rig.reply([{ index: 0, status: 401 }]) : rig.reply("no", { status: 401 });
    rig.send(get("a", { headers: { Authorization: "ann" } }));
    rig.run();
    rig.send(get("b", { headers: { Authorization: "ann" } }));
    rig.run();
    expect(rig.told).toEqual(["@11 a ResponseError 401", "@22 b BatchHttpError 401"]);
  });
});

describe("rule 7: an operation keeps nobody alive that it was sent through", () => {
  it.each([
    ["answered", {}],
    ["failed", { retry: false as const, maxQueued: 1 }],
  ])("constants that were %s by many idle batchers", async (_, options) => {
    const constants = [get("a"), get("b", { orderingKey: "k" }), post("c")];
    const batchers: WeakRef<object>[] = [];
    for (let count = 0; count < 50; count++) {
      const rig = new Rig(options);
      for (const operation of constants) rig.send(operation);
      rig.run();
      expect(rig.told).toHaveLength(constants.length);
      batchers.push(new WeakRef(rig.batcher));
    }
    // An error of each constant may hold the frames that it was made in.
    expect(await survivors(batchers)).toBeLessThanOrEqual(constants.length);
    expect(constants.map(({ url }) => url)).toEqual(["a", "b", "c"]);
  });

  it("still knows its latest submission to each of several batchers", () => {
    const need = get("need");
    const rigs = [new Rig(), new Rig(), new Rig()];
    rigs[1]!.answer = ({ urls }) =>
      rigs[1]!.reply(urls.map((_, index) => ({ index, status: 404 })));
    for (const rig of rigs) rig.send(need);
    rigs[2]!.run();
    for (const rig of rigs) rig.send(get("then", { dependsOn: [need] }));
    for (const rig of rigs) rig.run();
    expect(rigs.map((rig) => untimed(rig.told))).toEqual([
      ["need 200", "then 200"],
      ["need ResponseError 404", "then DependencyError"],
      ["need 200", "then 200"],
    ]);
    const other = new Rig();
    other.send(get("then", { dependsOn: [need] }));
    expect(other.told).toEqual(["@0 then OperationError"]);
  });

  it("forgets a batcher that is closed, however many there were", async () => {
    const need = get("need");
    for (let count = 0; count < 3; count++) {
      const rig = new Rig();
      rig.send(need);
      rig.run();
      rig.send(get("then", { dependsOn: [need] }));
      const closed = rig.batcher.close();
      rig.run();
      await closed;
      expect(rig.told.at(-1)).toMatch(/then 200$/);
    }
  });
});

describe("rule 7: a lane with nothing in it costs nothing", () => {
  /** The lane that each operation was sent in: a context that was forgotten gets a new number. */
  const lanesOf = (rig: Rig) =>
    rig.events.flatMap((event) => event.type === "sent" ? [event.lane] : []);

  it("forgets mailboxes that were seen once", () => {
    const rig = new Rig({ maxWaitMs: 0 }).listen();
    for (let round = 0; round < 3; round++) {
      for (const context of names(500)) rig.send(get("a", { context }));
      rig.run();
    }
    expect(rig.told).toHaveLength(1500);
    expect(rig.timers).toBe(0);
    expect(new Set(lanesOf(rig)).size).toBe(1500);
  });

  it("forgets lanes that everybody has left", () => {
    const rig = new Rig().listen();
    const subscriptions = names(100).map((context) => rig.send(get("a", { context })));
    for (const subscription of subscriptions) subscription.unsubscribe();
    for (const context of names(100)) rig.send(get("a", { context }));
    rig.run();
    expect(Math.min(...lanesOf(rig))).toBe(101);
    expect(rig.timers).toBe(0);
  });

  it("forgets lanes whose pause is over", () => {
    const rig = new Rig({ retry: { maxRetries: 0 } }).listen();
    rig.answer = ({ urls }) =>
      urls[0] === "a"
        ? rig.reply([{ index: 0, status: 429, headers: { "retry-after": "5" } }])
        : rig.reply(okay(urls));
    for (const context of names(10)) rig.send(get("a", { context }));
    rig.at(6000, () => rig.send(get("b", { context: "other" })));
    rig.at(7000, () => names(10).forEach((context) => rig.send(get("b", { context }))));
    rig.run();
    expect(new Set(lanesOf(rig)).size).toBe(21);
  });

  it("remembers a pause without a timer, and keeps to it", () => {
    const rig = new Rig({ retry: { maxRetries: 0 } });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply([{ index: 0, status: 429, headers: { "retry-after": "5" } }])
        : rig.reply(okay(urls));
    rig.send("a");
    rig.run();
    expect(rig.timers).toBe(0);
    rig.at(1000, () => rig.send("b"));
    rig.at(1000, () => rig.send(get("c", { context: "x" })));
    rig.run();
    expect(rig.posts.slice(1)).toEqual(["@1010 x: c", "@5011 me: b"]);
    expect(rig.timers).toBe(0);
  });

  it("starts afresh when the pause is over", () => {
    const rig = new Rig({ retry: { maxRetries: 0 } });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply([{ index: 0, status: 429, headers: { "retry-after": "5" } }])
        : rig.reply(okay(urls));
    rig.send("a");
    rig.at(100, () => rig.send("b").unsubscribe());
    let leaving = { unsubscribe: () => {} };
    rig.at(200, () => leaving = rig.send("c"));
    rig.at(300, () => leaving.unsubscribe());
    rig.at(9000, () => rig.send("d"));
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a", "@9010 me: d"]);
    expect(rig.told).toEqual(["@11 a ResponseError 429", "@9011 d 200"]);
  });

  it("starts afresh after another lane has taken everything into its own batch", () => {
    const rig = new Rig({
      maxWaitMs: 0,
      concurrencyPerContext: 1,
      retry: { maxRetries: 0 },
      wire: {
        contextOf: ({ context: name = "me" }) => ({
          key: name,
          name,
          url: `https://plain.example/${name}/$batch`,
          mix: "all",
        }),
      },
    });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply([{ index: 0 }, { index: 1, status: 429, headers: { "retry-after": "5" } }])
        : rig.reply(okay(urls));
    rig.send(get("a", { context: "x" }));
    rig.send(get("b", { context: "y" }));
    rig.at(9000, () => rig.send(get("c", { context: "y" })));
    rig.run();
    expect(rig.posts).toEqual(["@0 x: a b", "@9000 y: c"]);
    expect(rig.told.at(-1)).toBe("@9001 c 200");
  });

  it("goes on as usual for whoever comes while a lane that was left is paused", () => {
    const rig = new Rig({ retry: { maxRetries: 0 } });
    rig.answer = ({ number, urls }) =>
      number === 0
        ? rig.reply([{ index: 0, status: 429, headers: { "retry-after": "5" } }])
        : rig.reply(okay(urls));
    rig.send("a");
    let leaving = { unsubscribe: () => {} };
    rig.at(200, () => leaving = rig.send("b"));
    rig.at(300, () => leaving.unsubscribe());
    rig.at(4000, () => rig.send(post("c")));
    rig.run();
    expect(rig.posts.slice(1)).toEqual(["@5011 me: c"]);
  });
});
