import { describe, expect, it } from "vitest";
import {
  createGraphBatcher,
  createODataBatcher,
  createOutlookBatcher,
  get,
  type NotExecutedError,
  post,
} from "../../mod.ts";
import { names, okay, Rig } from "../support/rig.ts";

/** A batcher whose tokens name the context and the account that they were asked for. */
function accounts(options: ConstructorParameters<typeof Rig>[0] = {}) {
  const asked: string[] = [];
  const rig = new Rig({
    token: (context, { account, refresh }) => {
      asked.push(`${context} ${account}${refresh ? " refresh" : ""}`);
      return `${account}${refresh ? "2" : ""}`;
    },
    ...options,
  });
  const sent = () =>
    rig.batches.map(({ urls, request }) =>
      `${request.headers["Authorization"]}: ${urls.join(" ")}`
    );
  return { rig, asked, sent };
}

describe("rule 6: an account is part of the lane", () => {
  it("keeps two accounts of one context apart, and gives each its token", () => {
    const { rig, asked, sent } = accounts();
    for (const account of ["a", "b", "a", undefined]) rig.send(get("x", { account }), "x");
    rig.run();
    expect(sent()).toEqual(["Bearer a: x x", "Bearer b: x", "Bearer undefined: x"]);
    expect(asked).toEqual(["me a", "me b", "me undefined"]);
    expect(rig.told).toHaveLength(4);
  });

  it("fills no batch across accounts where contexts may mix", () => {
    const mixed = {
      contextOf: ({ context }: { context: string | undefined }) => {
        const name = context ?? "me";
        return { key: name, name: "all", mix: "all", url: `https://plain.example/${name}/$batch` };
      },
    };
    const { rig, sent } = accounts({ wire: mixed });
    for (const context of ["x", "y"]) {
      for (const account of ["a", "b"]) {
        rig.send(get(`${context}${account}`, { context, account }));
      }
    }
    rig.run();
    expect(sent()).toEqual(["Bearer a: xa ya", "Bearer b: xb yb"]);
  });

  it("holds each account's pause and order by itself", () => {
    const { rig } = accounts();
    rig.answer = ({ urls }) =>
      rig.reply(
        urls.map((url, index) =>
          url === "slow" && rig.now < 1000
            ? { index, status: 429, headers: { "retry-after": "5" } }
            : { index, body: url }
        ),
      );
    rig.send(get("slow", { account: "a" }));
    rig.at(100, () => names(2).forEach((url, at) => rig.send(get(url, { account: "ab"[at]! }))));
    rig.run();
    expect(rig.told).toEqual(["@111 m1 200", "@5012 slow 200", "@5012 m0 200"]);
  });

  it("shares no refreshed token between accounts that held the same word", () => {
    const { rig, sent } = accounts({
      maxWaitMs: 0,
      token: (_, { account, refresh }) => refresh ? `fresh-${account}` : "none-yet",
    });
    rig.answer = ({ urls, request }) =>
      request.headers["Authorization"] === "Bearer none-yet"
        ? rig.reply("no", { status: 401 })
        : rig.reply(okay(urls));
    for (const account of ["a", "b"]) rig.send(get(account, { account }));
    rig.run();
    expect(sent().slice(2).toSorted()).toEqual(["Bearer fresh-a: a", "Bearer fresh-b: b"]);
  });

  it("takes any spelling of an account for a name, never for a part of a key", () => {
    const { rig } = accounts({ token: () => "t" });
    for (const account of ["me", '"me"', "me\n", "\u0000", "undefined"]) {
      rig.send(post("x", undefined, { account }), "x");
    }
    rig.run();
    expect(rig.batches.map(({ urls }) => urls.length)).toEqual([1, 1, 1, 1, 1]);
  });

  it.each([["no token", undefined], ["one token for all", "t"]])(
    "refuses an account that opens nothing: %s",
    (found, token) => {
      const rig = new Rig({ token });
      rig.send(get("a", { account: "sesame" }));
      rig.send("b");
      rig.run();
      expect(rig.told).toEqual(["@0 a OperationError", "@11 b 200"]);
      expect(rig.errorOf("a").message).toMatch(new RegExp(`current value is ${found}$`));
      expect(rig.errorOf("a").message).not.toContain("sesame");
    },
  );

  it("refuses an account beside a credential, which is asked for scopes and told of no account", () => {
    let asked = 0;
    const getToken = () => Promise.resolve({ token: `t${++asked}` });
    const rig = new Rig({ token: { getToken }, scopes: "all" });
    rig.send(get("a", { account: "sesame" }));
    rig.run();
    expect(rig.told).toEqual(["@0 a OperationError"]);
    expect(rig.errorOf("a").message).toMatch(
      /current value is a credential, which is told of none \(ask it in a function\)$/,
    );
    expect(asked).toBe(0);
  });

  it("takes an account beside an Authorization of its own: then nobody is asked", () => {
    const { rig, asked } = accounts({
      wire: {
        contextOf: ({ headers }) => ({
          key: "me",
          name: "me",
          url: "https://plain.example/me/$batch",
          authorization: headers["Authorization"],
        }),
      },
      token: undefined,
    });
    rig.send(get("a", { account: "a", headers: { Authorization: "own" } }));
    rig.run();
    expect(rig.told).toEqual(["@11 a 200"]);
    expect(asked).toEqual([]);
  });

  it("is told in no event and in no error", () => {
    const { rig } = accounts({ retry: false });
    rig.listen();
    rig.answer = () => rig.failing(new Error("reset"));
    rig.send(post("a", undefined, { account: "sesame" }));
    rig.run();
    expect(JSON.stringify(rig.events)).not.toContain("sesame");
    expect((rig.errorOf("a") as NotExecutedError).message).not.toContain("sesame");
  });
});

describe("rule 6: a lane's key cannot be spelled by what a caller writes", () => {
  const batchers = {
    graph: (transport: never) => createGraphBatcher({ token: "APPLICATION", transport }),
    outlook: (transport: never) => createOutlookBatcher({ token: "APPLICATION", transport }),
  };

  it.each(["%0A", "%0d", "%00", "%1F", "%7f", "%C2%85"])(
    "refuses an id that holds %s once decoded",
    async (control) => {
      const id = `abc${control}Bearer%20OWN`;
      const urls = {
        graph: [`users/${id}/messages`, `users('${id}')/messages`, `groups/${id}/threads`],
        outlook: [
          `https://outlook.office.com/api/v2.0/users('${id}')/messages`,
          `/api/v2.0/users/${id}/messages`,
        ],
      };
      for (const [name, make] of Object.entries(batchers)) {
        let posts = 0;
        const batcher = make((() => [posts++]) as never);
        for (const url of urls[name as keyof typeof urls]) {
          const told: unknown[] = [];
          batcher.send(get(url)).subscribe({ error: (error) => told.push(error._tag) });
          expect(told, url).toEqual(["OperationError"]);
        }
        await batcher.close();
        expect(posts).toBe(0);
      }
    },
  );

  it("is one for a mailbox whose quote comes encoded, doubled or bare", () => {
    const lanes: number[] = [];
    const batcher = createGraphBatcher({ token: "t", transport: () => [] });
    batcher.events.subscribe((event) => {
      if (event.type === "queued") lanes.push(event.lane!);
    });
    const spellings = [
      "('o''b@x.y')",
      "('o%27%27b@x.y')",
      "(%27o%27'b@x.y%27)",
      "/o'b@x.y",
      "/o%27b@x.y",
    ];
    const both = spellings.map((spelling) => get(`users${spelling}/messages`));
    const subscriptions = both.map((operation) =>
      batcher.send(operation).subscribe({ error() {} })
    );
    expect([lanes.length, new Set(lanes).size]).toEqual([5, 1]);
    for (const subscription of subscriptions) subscription.unsubscribe();
  });

  it("keeps OData operations with tokens of their own apart from all others", () => {
    const seen: unknown[] = [];
    const batcher = createODataBatcher({
      baseUrl: "https://svc.example/odata/",
      token: "t",
      transport: ({ headers }) => {
        seen.push(headers["Authorization"]);
        return [];
      },
      retry: false,
      maxWaitMs: 0,
    });
    for (const headers of [{}, { Authorization: "own" }]) {
      batcher.send(get("People", { headers })).subscribe({ error() {} });
    }
    batcher.flush();
    expect(seen).toEqual(["Bearer t", "own"]);
  });
});
