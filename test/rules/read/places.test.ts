import { Observable } from "rxjs";
import { describe, expect, it } from "vitest";
import { createODataBatcher, get, post } from "../../../mod.ts";
import { json, multipart } from "../../support/multipart.ts";
import { joined, octets } from "../../support/octets.ts";
import { names, okay, Rig } from "../../support/rig.ts";
import { answering, exchange, MULTIPART, nested, plain, said, writes } from "./exchange.ts";

const unknown = "NotExecutedError unknown";

describe("rule 14: one place of an answer stands for one operation", () => {
  it.each([
    ["several members", nested([json("a"), json("b")])],
    ["no member", { headers: ["Content-Type: multipart/mixed; boundary=cs"], body: "--cs--" }],
    ["no boundary", { headers: ["Content-Type: multipart/mixed"], body: "x" }],
  ])("counts a nested multipart with %s, and gives it to nobody", (_what, place) => {
    const { ends, posts } = exchange(writes, [answering([place, plain(json(1)), plain(json(2))])]);
    expect(said(ends)).toEqual([unknown, 1, 2]);
    expect(posts).toBe(1);
  });

  it("takes a nested multipart with one member for its operation, by place and by id", () => {
    const byPlace = exchange(writes.slice(0, 2), [answering([nested([json(1)]), plain(json(2))])]);
    expect(said(byPlace.ends)).toEqual([1, 2]);
    const second = nested([{ ...json(2), contentId: "2" }]);
    const byId = exchange(writes.slice(0, 2), [
      answering([second, plain({ ...json(1), contentId: "1" })]),
    ]);
    expect(said(byId.ends)).toEqual([1, 2]);
  });

  it("shifts nobody when members of a nested multipart are as many as operations are missing", () => {
    const { ends } = exchange(writes, [
      answering([nested([json("a"), json("b")]), plain(json(2))]),
    ]);
    expect(said(ends)).toEqual([unknown, unknown, unknown]);
  });

  it("gives those that a nested multipart names no other place", () => {
    const both = nested([{ ...json(1), contentId: "1" }, { ...json(2), contentId: "2" }]);
    const parts = [both, plain({ ...json(3), contentId: "3" }), plain(json("?"))];
    expect(said(exchange(writes, [answering(parts)]).ends)).toEqual([unknown, unknown, 3]);
  });

  it.each(["<image001@host>", "2"])("takes a resource's own Content-ID %s for no id", (own) => {
    const image = { headers: ["Content-Type: text/plain", `Content-ID: ${own}`], body: "image" };
    const { ends } = exchange(writes.slice(0, 2), [answering([plain(image), plain(json(2))])]);
    expect(said(ends)).toEqual(["image", 2]);
  });

  it("goes by ids in the answers where together they name every operation once", () => {
    const of = (id: number) =>
      plain({ ...json(id), headers: [...json(id).headers!, `Content-ID: ${id}`] });
    expect(said(exchange(writes, [answering([of(3), of(1), of(2)])]).ends)).toEqual([1, 2, 3]);
    expect(said(exchange(writes, [answering([of(3), of(1)])]).ends)).toEqual([
      unknown,
      unknown,
      unknown,
    ]);
  });

  it.each([1, 2, 3, 1000])(
    "skips a byte order mark before the first delimiter, cut by %i",
    (size) => {
      const bytes = joined([
        Uint8Array.of(0xef, 0xbb, 0xbf),
        multipart([plain(json(1)), plain(json(2))]),
      ]);
      const body: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size) body.push(bytes.slice(at, at + size));
      expect(said(exchange(writes.slice(0, 2), [{ body }]).ends)).toEqual([1, 2]);
    },
  );

  it("passes over interim statuses, and takes a part without a final one for no answer", () => {
    const interim = "HTTP/1.1 102 Processing\r\nContent-ID: 2\r\n\r\n";
    const { headers, body } = plain(json(1, "201 Created"));
    const first = {
      headers: headers!,
      body: joined([octets(interim + interim), body as Uint8Array]),
    };
    const { ends } = exchange(writes.slice(0, 2), [
      answering([first, { headers: headers!, body: interim }]),
    ]);
    expect(said(ends)).toEqual([1, unknown]);
  });

  it("believes no position in JSON, whatever the count", () => {
    const headers = { "content-type": "application/json" };
    const body = [octets('{"responses":[{"status":200},{"status":200}]}')];
    for (const [format, root] of [["json", ""], ["graph", "/me/"]] as const) {
      const operations = [post(`${root}a`), post(`${root}b`)];
      const { ends } = exchange(operations, [{ headers, body }], { format });
      expect(said(ends)).toEqual([unknown, unknown]);
    }
  });

  it("lets an odd id or header spoil nothing but itself", () => {
    const headers = { "content-type": "application/json" };
    const odd =
      '{"id":{"toString":1},"status":200,"headers":{"A":{"toString":1},"B":[{"toString":1},"x"]}}';
    const body = [octets(`{"responses":[${odd},{"id":"2","status":200,"body":2}]}`)];
    const { ends } = exchange([post("/me/a"), post("/me/b")], [{ headers, body }], {
      format: "graph",
    });
    expect(said(ends)).toEqual([undefined, 2]);
  });

  it("obeys the Retry-After of a place that belongs to nobody", () => {
    const rig = new Rig({ retry: { baseDelayMs: 0 } });
    rig.answer = ({ number, urls }) => {
      const stray = { status: 429, headers: { "retry-after": "5" } };
      if (number > 0) return rig.reply(okay(urls));
      return rig.reply([{ index: 0 }, { members: [stray] }, stray]);
    };
    rig.send("a");
    rig.send("b");
    rig.run();
    expect(rig.posts).toEqual(["@10 me: a b", "@5011 me: b"]);
  });
});

describe("rule 14: a server has stopped only where its answer proves it", () => {
  const part = (status: number, id?: number) =>
    plain({ status, ...(id === undefined ? {} : { contentId: String(id) }) });

  it.each([
    ["an error before the last", [part(404), part(201), part(400)]],
    ["no error at its end", [part(400), part(201)]],
    ["a place that is no answer", [nested([]), part(400)]],
    ["ids of others than the first", [part(201, 2), part(400, 1)]],
    ["a gap in its ids", [part(201, 1), part(400, 3)]],
  ])("not with %s: what is missing is unknown, and is not sent again", (_what, parts) => {
    const { ends, posts } = exchange(names(4, "w").map((url) => post(url)), [answering(parts)]);
    expect(said(ends).at(-1)).toBe(unknown);
    expect(posts).toBe(1);
  });

  it.each(["odata.continue-on-error", "respond-async, continue-on-error=true"])(
    "not where it says Preference-Applied: %s",
    (applied) => {
      const headers = { ...MULTIPART, "preference-applied": applied };
      const { ends, posts } = exchange(writes, [{ ...answering([part(201), part(400)]), headers }]);
      expect(said(ends)).toEqual([unknown, unknown, unknown]);
      expect(posts).toBe(1);
    },
  );

  it.each([[undefined, undefined], [1, 2]])(
    "but with its first places, the last an error",
    (...ids) => {
      const headers = { ...MULTIPART, "preference-applied": "continue-on-error=false" };
      const first = answering([part(201, ids[0]), part(400, ids[1])]);
      const { ends, posts } = exchange(writes, [
        { ...first, headers },
        answering([plain(json(3))]),
      ]);
      expect(said(ends)).toEqual([undefined, "ResponseError 400", 3]);
      expect(posts).toBe(2);
    },
  );
});

describe("rule 15: the close delimiter ends an answer", () => {
  /** An answer whose stream goes on behind its close delimiter. */
  function open(
    rig: Rig,
    behind: (subscriber: { next(chunk: Uint8Array): void; error(e: unknown): void }) => void,
  ) {
    let isDropped = false;
    const body = new Observable<Uint8Array>((subscriber) => {
      subscriber.next(multipart([plain(json(1))]));
      behind(subscriber);
      return () => isDropped = true;
    });
    const transport = () => [{ status: 200, headers: MULTIPART, body }];
    const batcher = createODataBatcher({
      baseUrl: "https://svc.example/odata/",
      scheduler: rig.clock,
      concurrency: 1,
      maxBatchSize: 1,
      transport,
    });
    return { batcher, isDropped: () => isDropped };
  }

  it("frees the slot however long the stream stays open, and drops it after a second", () => {
    const rig = new Rig();
    const { batcher, isDropped } = open(rig, () => {});
    rig.watch("a", batcher.send(get("a")));
    rig.watch("b", batcher.send(get("b")));
    rig.run(500);
    expect(rig.told).toEqual(["@0 a 200", "@0 b 200"]);
    expect(isDropped()).toBe(false);
    rig.run();
    expect(rig.now).toBe(1000);
    expect([isDropped(), rig.timers]).toEqual([true, 0]);
  });

  it("lets nothing that comes or breaks behind it change anything", () => {
    const rig = new Rig();
    const { batcher } = open(rig, (subscriber) => {
      subscriber.next(multipart([plain(json("forged"))]));
      subscriber.error(new Error("reset"));
    });
    rig.watch("a", batcher.send(post("a")));
    rig.run();
    expect(rig.told).toEqual(["@0 a 200"]);
    expect(rig.timers).toBe(0);
  });
});
