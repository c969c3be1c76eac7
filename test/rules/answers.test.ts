import { Observable, type Subscription } from "rxjs";
import { describe, expect, it } from "vitest";
import {
  type BatchHttpError,
  type BatchOptions,
  createGraphBatcher,
  createODataBatcher,
  type DecodeError,
  del,
  get,
  type HttpResponse,
  type LimitError,
  type Operation,
  post,
  put,
  type ResponseError,
  TransportError,
} from "../../mod.ts";
import {
  answerPart,
  type AnswerText,
  json,
  multipart,
  type PartText,
} from "../support/multipart.ts";
import { joined, octets } from "../support/octets.ts";
import { describeError, names, okay, Rig } from "../support/rig.ts";
import { steadyBackoff } from "../support/virtual_time.ts";

/** What one operation ended with. */
type End = { readonly body: unknown } | { readonly error: Error };

const MULTIPART = { "content-type": "multipart/mixed; boundary=b" };

/** A batcher of a real dialect in virtual time; all operations go in one batch, and each answer is made by hand. */
function exchange(
  operations: readonly Operation[],
  answers: readonly (Partial<HttpResponse> | undefined)[],
  { format = "multipart", ...options }:
    & BatchOptions
    & { format?: "multipart" | "json" | "graph"; maxPartHeaderBytes?: number } = {},
): { ends: End[]; posts: number } {
  const rig = new Rig();
  let posts = 0;
  const transport = () => {
    const answer = answers[Math.min(posts++, answers.length - 1)];
    return [{ status: 200, headers: MULTIPART, body: [], ...answer }];
  };
  const init = { scheduler: rig.clock, transport, ...options };
  const batcher = format === "graph"
    ? createGraphBatcher({ token: "t", ...init })
    : createODataBatcher({ baseUrl: "https://svc.example/odata/", format, ...init });
  const ends: End[] = [];
  for (const [at, operation] of operations.entries()) {
    batcher.send(operation).subscribe({
      next: ({ body }) => ends[at] = { body },
      error: (error) => ends[at] = { error },
    });
  }
  rig.run();
  return { ends, posts };
}

function answering(parts: readonly PartText[]): Partial<HttpResponse> {
  return { body: [multipart(parts)] };
}

function said(ends: readonly End[]): unknown[] {
  return ends.map((end) => "error" in end ? describeError(end.error) : end.body);
}

const plain = (answer: AnswerText) => answerPart(answer);
const nested = (members: readonly AnswerText[]): PartText => ({
  headers: ["Content-Type: multipart/mixed; boundary=cs"],
  body: multipart(members.map(plain), { boundary: "cs" }),
});
const writes = names(3, "w").map((url) => post(url));
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

function timeOf(second: number): string {
  return `2026-11-27T00:12:0${second}.1234567Z`;
}

/** What stands in the brackets of a key. */
function idIn(url: string): string {
  return url.slice(url.indexOf("(") + 1, -1);
}

describe("rule 16: one error place for a whole batch", () => {
  const inOrder = { wire: { order: "sequential" as const } };
  const refusal = { status: 400, body: { error: { code: "InvalidHeaderValue" } } };

  it("costs three POSTs, the last operation first in the third, not one each", () => {
    const rig = new Rig({ ...inOrder, retry: { maxRetries: 0 } });
    rig.answer = () => rig.reply([refusal]);
    for (const url of names(20)) rig.send(post(url));
    rig.run();
    expect(rig.batches.map(({ urls }) => urls.length)).toEqual([20, 19, 18]);
    expect(rig.batches[2]!.urls[0]).toBe("m19");
    expect(rig.told).toHaveLength(20);
    const errors = rig.told.map((line) => line.split(" ").slice(1, 3).join(" "));
    expect(errors.filter((line) => line.endsWith(" ResponseError"))).toEqual([
      "m0 ResponseError",
      "m1 ResponseError",
    ]);
    expect(errors.filter((line) => line.endsWith(" BatchHttpError"))).toHaveLength(18);
    const last = rig.errorOf("m10") as BatchHttpError;
    expect(last).toMatchObject({ _tag: "BatchHttpError", status: 400, code: "InvalidHeaderValue" });
    expect(last.attempts).toBe(3);
  });

  const GUID = "e9c4e8a5-0002-00a1-7d9b-0a6b2f00000";
  it.each([
    ["ids and times of its request", (n: number) => `RequestId:${GUID}${n}\nTime:${timeOf(n)}`],
    ["numbers of its transaction", (n: number) => `2017101309314${n}.2345670 5A3E8B6F00000000${n}`],
  ])("is the same but for %s", (_what, stamps) => {
    const rig = new Rig({ ...inOrder, retry: { maxRetries: 0 } });
    rig.answer = ({ number }) => rig.reply([{ status: 400, body: `No. ${stamps(number)}` }]);
    for (const url of names(20)) rig.send(post(url));
    rig.run();
    expect(rig.posts).toHaveLength(3);
  });

  it("is another one where it names what the operation itself names", () => {
    const rig = new Rig({ ...inOrder, retry: { maxRetries: 0 } });
    rig.answer = ({ urls }) => rig.reply([{ status: 404, body: `${idIn(urls[0]!)} is not there` }]);
    for (let n = 0; n < 6; n++) rig.send(del(`a(${GUID}${n})`));
    rig.run();
    expect(rig.posts).toHaveLength(6);
    expect(rig.told.filter((line) => line.includes(" ResponseError 404"))).toHaveLength(6);
  });

  it("is each operation's own as long as it differs", () => {
    const rig = new Rig({ ...inOrder, retry: { maxRetries: 0 } });
    rig.answer = ({ number }) => rig.reply([{ status: 404, body: number }]);
    for (const url of names(6)) rig.send(post(url));
    rig.run();
    expect(rig.posts).toHaveLength(6);
  });

  it("is unknown to the others where the wire may reorder", () => {
    const rig = new Rig();
    rig.answer = () => rig.reply([refusal]);
    for (const url of ["a", "b"]) rig.send(post(url));
    rig.run();
    expect(rig.told).toEqual([`@11 a ${unknown}`, `@11 b ${unknown}`]);
    expect(rig.posts).toHaveLength(1);
  });

  it("says that nothing was sent only if no earlier attempt may have run it", () => {
    for (const first of [new Error("reset"), new TransportError("none", { sent: false })]) {
      const rig = new Rig({ retry: { maxRetries: 1, baseDelayMs: 0 } });
      rig.answer = ({ number }) =>
        rig.failing(number === 0 ? first : new TransportError("none", { sent: false }));
      rig.send(put("a", {}));
      rig.run();
      expect(rig.errorOf("a")).toMatchObject({ sent: !(first instanceof TransportError) });
    }
  });

  it("says that it surely did not run only if no earlier attempt may have run it", () => {
    let asked = 0;
    const rig = new Rig({
      retry: { maxRetries: 1, baseDelayMs: 0 },
      token: () => asked++ === 0 ? "t" : Promise.reject(new Error("expired")),
    });
    rig.answer = () => rig.failing(new Error("reset"));
    rig.send(put("a", {}));
    rig.run();
    return rig.batcher.close().then(() => {
      expect(rig.errorOf("a")).toMatchObject({ _tag: "NotExecutedError", certain: false });
    });
  });
});

describe("rule 17: one that cannot be read fails alone", () => {
  it("also for the length of its own headers", () => {
    const parts = [
      { contentId: "1", headers: [`X: ${"x".repeat(2_000)}`] },
      { contentId: "2", status: 201 },
      { contentId: "3", status: 404 },
    ];
    const { ends, posts } = exchange(writes, [answering(parts.map(plain))], {
      maxPartHeaderBytes: 1_000,
    });
    expect((ends[0] as { error: LimitError }).error).toMatchObject({
      _tag: "LimitError",
      limit: "maxPartHeaderBytes",
      attempts: 1,
    });
    expect(said(ends.slice(1))).toEqual([undefined, "ResponseError 404"]);
    expect(posts).toBe(1);
  });
});

describe("rule 17: one that spoils a batch for all", () => {
  steadyBackoff();

  /** A server that refuses every batch with the poisoned operation in it. */
  function spoilt(
    status: number,
    options: BatchOptions = {},
    operations = names(20).map((url) => get(url)),
  ): Rig {
    const rig = new Rig({ retry: { maxRetries: 1, baseDelayMs: 0 }, ...options });
    rig.answer = ({ urls }) =>
      !urls.includes("m7")
        ? rig.reply(okay(urls))
        : status === 200
        ? rig.reply("{broken\n", { headers: { "content-type": "plain" } })
        : rig.reply("no", { status });
    for (const operation of operations) rig.send(operation);
    return rig.run();
  }

  it.each([400, 500, 200])("is found in halves under an outer %i, and fails alone", (status) => {
    const { told, batches } = spoilt(status);
    const failed = told.filter((line) => !line.endsWith(" 200") || line.includes("Error"));
    expect(failed).toHaveLength(1);
    expect(failed[0]).toContain("m7 ");
    expect(told).toHaveLength(20);
    expect(batches.length).toBeLessThanOrEqual(12);
    expect(batches.slice(0, 3).map(({ urls }) => urls.length)).toEqual([20, 10, 10]);
  });

  it("never sends twice what must not run twice", () => {
    const mixed = names(20).map((url, at) => at % 2 === 0 ? post(url) : get(url));
    const { told, batches } = spoilt(500, {}, mixed);
    const sent = batches.flatMap(({ urls }) => urls);
    for (const { url, method } of mixed) {
      if (method === "POST") expect(sent.filter((each) => each === url)).toHaveLength(1);
    }
    expect(told.filter((line) => line.endsWith("BatchHttpError 500"))).toHaveLength(11);
  });

  it("sends them too where refusedStatuses names the status", () => {
    const writes = names(20).map((url) => post(url));
    const { told } = spoilt(400, { retry: { refusedStatuses: [400] } }, writes);
    expect(told.filter((line) => line.endsWith(" 200"))).toHaveLength(19);
  });

  it("is everybody's when nothing was answered after two halvings", () => {
    const rig = new Rig();
    rig.answer = () => rig.reply("no", { status: 400 });
    for (const url of names(20)) rig.send(url);
    rig.run();
    expect(rig.posts).toHaveLength(7);
    expect(rig.told.filter((line) => line.endsWith("BatchHttpError 400"))).toHaveLength(20);
    expect(rig.timers).toBe(0);
  });

  it("waits for the slow half before it gives up the quick one", () => {
    const rig = new Rig();
    rig.answer = ({ urls }) =>
      urls.includes("m0")
        ? rig.reply("no", { status: 400 })
        : rig.reply(okay(urls), { afterMs: 500 });
    for (const url of names(8)) rig.send(url);
    rig.run();
    expect(rig.told.filter((line) => line.endsWith(" 200"))).toHaveLength(7);
    expect(rig.errorOf("m0")).toMatchObject({ _tag: "BatchHttpError", status: 400 });
  });

  /** `m0` spoils every batch; in its own half, `m7` is throttled at first, for five seconds. */
  function halfThrottled(status: 429 | 503): { rig: Rig; subscriptions: Subscription[] } {
    const rig = new Rig({ retry: { maxRetries: 1, baseDelayMs: 1000 } });
    let isThrottled = true;
    rig.answer = ({ urls }) => {
      if (urls.includes("m0")) return rig.reply("no", { status: 400 });
      const parts = urls.map((url, index) =>
        url === "m7" && isThrottled
          ? { index, status, ...(status === 429 ? { headers: { "retry-after": "5" } } : {}) }
          : { index, body: url }
      );
      if (urls.includes("m7")) isThrottled = false;
      return rig.reply(parts);
    };
    const subscriptions = names(8).map((url) => rig.send(url));
    return { rig, subscriptions };
  }

  it.each([429, 503] as const)("waits for one that goes again after %i", (status) => {
    const { rig } = halfThrottled(status);
    rig.run();
    expect(rig.told.filter((line) => line.endsWith(" 200"))).toHaveLength(7);
    expect(rig.errorOf("m0")).toMatchObject({ _tag: "BatchHttpError", status: 400 });
    expect(rig.told.filter((line) => line.includes(" m7 "))).toHaveLength(1);
    expect(rig.timers).toBe(0);
  });

  it.each([429, 503] as const)(
    "is found too when one leaves that was to go again after %i, and comes back",
    (status) => {
      const { rig, subscriptions } = halfThrottled(status);
      rig.at(100, () => subscriptions[7]!.unsubscribe());
      rig.at(200, () => rig.send(get("m7"), "m7 again"));
      rig.run();
      expect(rig.told.filter((line) => line.endsWith(" 200"))).toHaveLength(7);
      expect(rig.told.filter((line) => line.includes("m7"))).toHaveLength(1);
      expect(rig.errorOf("m0")).toMatchObject({ _tag: "BatchHttpError", status: 400 });
      expect(rig.timers).toBe(0);
    },
  );

  it("settles those at rest when the last who are not leave while they wait to go again", () => {
    const rig = new Rig({ retry: { maxRetries: 1, baseDelayMs: 60_000, maxTotalMs: 600_000 } });
    rig.answer = ({ urls }) =>
      urls.length === 4 && urls.includes("m15")
        ? rig.failing(new TransportError("Cannot connect", { sent: false }))
        : rig.reply("no", { status: 400 });
    const subscriptions = names(16).map((url) => rig.send(url));
    rig.run(1_000);
    expect(rig.told).toEqual([]);
    for (const at of [12, 13, 14, 15]) subscriptions[at]!.unsubscribe();
    expect(rig.told).toHaveLength(12);
    expect(rig.told.every((line) => /^@1000 m\d+ BatchHttpError 400$/.test(line))).toBe(true);
    expect(rig.timers).toBe(0);
  });

  it("settles those who wait for others when these leave", () => {
    const rig = new Rig({ concurrency: 1 });
    rig.answer = ({ number, urls }) =>
      number > 0 && urls.includes("m7") ? rig.silence() : rig.reply("no", { status: 400 });
    const subscriptions = names(8).map((url) => rig.send(url));
    rig.run(60);
    for (const at of [4, 5, 6, 7]) subscriptions[at]!.unsubscribe();
    rig.run();
    expect(rig.told).toHaveLength(4);
    expect(rig.timers).toBe(0);
  });

  it.each([502, 503, 504])("is not looked for under an outer %i", (status) => {
    const rig = new Rig({ retry: false });
    rig.answer = () => rig.reply("no", { status });
    for (const url of names(4)) rig.send(url);
    expect(rig.run().posts).toHaveLength(1);
  });
});

describe("rule 24: a refusal that names the number of operations", () => {
  it.each([
    [429, '{"error":{"code":"BATCH_TOO_MANY_REQ","message":"x"}}'],
    [400, "The current batch message contains too many parts. Only 100 are allowed."],
    [400, '{"error":{"message":"Number of batch request steps exceeds the max value of 20."}}'],
  ])("halves the lane, %i: %s", (status, text) => {
    const rig = new Rig();
    rig.answer = ({ urls }) =>
      urls.length > 5 ? rig.reply(text, { status }) : rig.reply(okay(urls));
    for (const url of names(20)) rig.send(url);
    rig.run();
    expect(rig.told.filter((line) => line.endsWith(" 200"))).toHaveLength(20);
    expect(rig.batches.at(-1)!.urls).toHaveLength(5);
  });

  it("sends no write again that may have run before the refusal", () => {
    const rig = new Rig();
    rig.answer = () => rig.reply("The batch contains too many operations", { status: 400 });
    for (const url of names(4)) rig.send(post(url));
    expect(rig.run().posts).toHaveLength(1);
  });
});

describe("rule 24: a 424 whose parents were all answered", () => {
  it("goes again without them, once, as no attempt", () => {
    const rig = new Rig({ wire: { order: "native" }, retry: { maxRetries: 0 } });
    rig.answer = ({ urls }) =>
      rig.reply(
        urls.map((url, index) => url === "a" ? { index, status: 302 } : { index, status: 424 }),
      );
    const parent = get("a");
    rig.send(parent);
    rig.send(post("b", {}, { dependsOn: [parent] }));
    rig.run();
    expect(rig.batches.map(({ urls }) => urls)).toEqual([["a", "b"], ["b"]]);
    expect(rig.told.map((line) => line.replace(/^\S+ /, ""))).toEqual([
      "a 302",
      "b ResponseError 424",
    ]);
  });
});

describe("rule 18: errors keep what the server said", () => {
  it("has the text of an answer whose parts belong to nobody", () => {
    const rig = new Rig();
    const error = { error: { code: "MailboxNotEnabledForRESTAPI" } };
    rig.answer = () => rig.reply([{ status: 404, body: error }], { headers: { "x-id": "7" } });
    for (const url of names(3)) rig.send(post(url));
    rig.run();
    for (const url of names(3)) {
      const { cause } = rig.errorOf(url) as { cause?: DecodeError };
      expect(cause).toMatchObject({ _tag: "DecodeError", status: 200 });
      expect(cause!.headers).toMatchObject({ "x-id": "7" });
      expect(cause!.detail).toContain("MailboxNotEnabledForRESTAPI");
    }
  });

  it("has the code in the message, but for one that is no word", () => {
    const rig = new Rig();
    const code = (text: string) => ({ status: 404, body: { error: { code: text } } });
    rig.answer = () =>
      rig.reply([{ index: 0, ...code("ErrorItemNotFound") }, { index: 1, ...code("a@b.c ?") }]);
    rig.send("a");
    rig.send("b");
    rig.run();
    expect(rig.errorOf("a").message).toContain("404 (ErrorItemNotFound)");
    expect(rig.errorOf("b").message).not.toContain("a@b");
    expect((rig.errorOf("b") as ResponseError).code).toBe("a@b.c ?");
  });

  it("keeps status, headers and text of an answer that nobody could read", () => {
    const headers = { "content-type": "application/json", "request-id": "7" };
    const text = `{"responses":[{"id":"1","status":200,"body":Hello}]}${" ".repeat(10_000)}`;
    const { ends } = exchange([post("/me/a")], [{ headers, body: [octets(text)] }], {
      format: "graph",
    });
    const { error } = ends[0] as { error: DecodeError };
    expect(error).toMatchObject({ _tag: "DecodeError", status: 200, headers });
    expect(error.detail).toBe(text.slice(0, 8192));
  });

  it.each(["201 Created", "302 Found"])(
    "keeps what %s said beside a body that cannot be decoded",
    (status) => {
      const broken = {
        status,
        headers: ["Content-Type: application/json", "Location: E(7)"],
        body: "{NaN",
      };
      const { ends } = exchange([post("E")], [answering([plain(broken)])]);
      const { error } = ends[0] as { error: DecodeError };
      expect(error.response).toMatchObject({
        status: Number(status.slice(0, 3)),
        headers: { location: "E(7)" },
        body: undefined,
        attempts: 1,
      });
      expect(error.detail).toBe("{NaN");
    },
  );

  it("shows the text of an error whose body cannot be decoded", () => {
    const broken = { status: 500, headers: ["Content-Type: application/json"], body: "<html>" };
    const { ends } = exchange([post("E")], [answering([plain(broken)])]);
    expect((ends[0] as { error: ResponseError }).error.detail).toBe("<html>");
  });

  const denied = '{"code":"SPQueryThrottled","message":"Denied"}';
  it.each(
    [
      ["multipart", `{"error":${denied}}`],
      ["json", `{"error":${denied}}`],
      ["json", `{"odata.error":${denied}}`],
      ["json", `{"@odata.context":"$metadata","traceId":1,"error":${denied}}`],
      ["multipart", `\ufeff{"odata.metadata":"x","odata.error":${denied}}`],
      ["json", `{"responses":[],"error":${denied}}`],
    ] as const,
  )(
    "reads an error under 200 as a refusal of all: %s, %s",
    (format, text) => {
      const body = [octets(text)];
      const headers = { "content-type": "application/json" };
      const { ends } = exchange(writes, [{ headers, body }], { format });
      for (const end of ends) {
        expect((end as { error: BatchHttpError }).error).toMatchObject({
          _tag: "BatchHttpError",
          status: 200,
          code: "SPQueryThrottled",
        });
      }
    },
  );

  it("finds the code of an error of more than 8 kB", () => {
    const text = `{"error":{"code":"Busy","message":"${"x".repeat(9_000)}"}}`;
    const { ends } = exchange(writes, [{ status: 400, headers: {}, body: [octets(text)] }]);
    expect((ends[0] as { error: BatchHttpError }).error.code).toBe("Busy");
  });

  it("counts the attempts on answers and errors", () => {
    const rig = new Rig({ retry: { baseDelayMs: 0, maxRetries: 1 } });
    rig.answer = ({ number }) =>
      number === 0
        ? rig.failing(new Error("reset"))
        : rig.reply([{ index: 0 }, { index: 1, status: 404 }]);
    rig.send("a");
    rig.send("b");
    rig.run();
    const [answered, failed] = rig.results;
    expect(answered!.ok && answered!.response.attempts).toBe(2);
    expect(!failed!.ok && failed!.error.attempts).toBe(2);
  });

  it("counts them when everything ends at once, too", () => {
    const controller = new AbortController();
    const rig = new Rig({ signal: controller.signal });
    rig.answer = () => rig.silence();
    rig.send("a");
    rig.at(50, () => rig.send(get("b", { context: "x" })));
    rig.at(55, () => controller.abort());
    rig.run();
    expect([rig.errorOf("a").attempts, rig.errorOf("b").attempts]).toEqual([1, 0]);
  });
});
