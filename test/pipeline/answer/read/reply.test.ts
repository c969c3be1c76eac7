import { type ObservableInput, of, Subject, VirtualTimeScheduler } from "rxjs";
import { describe, expect, it } from "vitest";
import {
  createBatcher,
  DecodeError,
  get,
  type HttpResponse,
  type Part,
  TransportError,
} from "../../../../mod.ts";
import { Reply } from "../../../../src/pipeline/answer/read/reply.ts";
import type { AnswerListener, PostEnd } from "../../../../src/pipeline/send/exchange.ts";
import { Deadlines } from "../../../../src/pipeline/send/deadlines.ts";
import { Clock } from "../../../../src/pipeline/time/clock.ts";
import { Loop } from "../../../../src/pipeline/time/loop.ts";
import { octets, text } from "../../../support/octets.ts";
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

/**
 * The answer to a batch of two, in words: `0` and `1` are parts with an id, `?` is one without, `.` closes the answer, and
 * `!` is malformed.
 */
class Asked implements AnswerListener {
  /** What the POST is told, and which words were looked at. */
  readonly said: string[] = [];
  readonly ends: PostEnd[] = [];
  readonly body = new Subject<Uint8Array>();
  readonly clock = new VirtualTimeScheduler();
  readonly reply: Reply;
  onDeliver: () => void = () => {};

  constructor() {
    const loop = new Loop(() => false);
    const said = this.said;
    const wire = plainWire({
      decoder({ headers }) {
        if (headers["content-type"]?.startsWith("text/html") === true) return undefined;
        let isClosed = false;
        return {
          get isClosed() {
            return isClosed;
          },
          *write(chunk): Iterable<Part> {
            for (const word of text(chunk)) {
              said.push(word);
              if (word === ".") isClosed = true;
              else if (word === "!") throw new DecodeError("malformed");
              else {
                const index = word === "?" ? undefined : Number(word);
                yield { index, status: 200, headers: {}, readBody: () => undefined };
              }
            }
          },
          end: () => [],
        };
      },
    });
    const drains = new Deadlines(new Clock(this.clock, loop), 1_000);
    const context = { wire, loop, settings: { maxResponseBytes: 1_000 }, drains };
    this.reply = new Reply(context, [get("a"), get("b")], this);
  }

  /** Gets an answer whose body the test writes. */
  answered(head: Partial<HttpResponse> = {}): this {
    return this.listening(of({ status: 200, headers: {}, body: this.body, ...head }));
  }

  listening(responses: ObservableInput<HttpResponse>): this {
    this.reply.listen(() => responses);
    return this;
  }

  write(...chunks: readonly string[]): this {
    for (const chunk of chunks) this.body.next(octets(chunk));
    return this;
  }

  began(): void {
    this.said.push("began");
  }

  deliver(place: number): void {
    this.said.push(`to ${place}`);
    this.onDeliver();
  }

  stray(): void {
    this.said.push("stray");
  }

  caughtUp(): void {
    this.said.push("caught up");
  }

  ended(end: PostEnd): void {
    this.said.push(end.kind);
    this.ends.push(end);
  }
}

describe("rule 15: an answer is read to its end, and no further", () => {
  it("which is told once, without what only explains a mismatch", () => {
    const asked = new Asked().answered().write("01");
    asked.body.complete();
    expect(asked.said).toEqual(["began", "0", "to 0", "1", "to 1", "caught up", "read"]);
    expect(asked.ends).toEqual([
      { kind: "read", stop: undefined, mismatch: undefined, unread: undefined },
    ]);
    expect(asked.clock.actions).toHaveLength(0);
  });

  it("which may be its close delimiter: the stream has a moment to end by itself", () => {
    const asked = new Asked().answered().write("01.");
    expect(asked.ends).toHaveLength(1);
    expect([asked.body.observed, asked.clock.actions.length]).toEqual([true, 1]);
    asked.body.complete();
    expect(asked.clock.actions).toHaveLength(0);
    expect(asked.ends).toHaveLength(1);
  });

  it("which may be that nobody waits any more", () => {
    const asked = new Asked().answered();
    asked.onDeliver = () => asked.reply.stop();
    asked.write("01.", "?");
    expect(asked.said).toEqual(["began", "0", "to 0", "caught up"]);
    expect(asked.body.observed).toBe(false);
  });

  it("which may be that nobody waits for what only the end has told", () => {
    const asked = new Asked().answered();
    asked.onDeliver = () => asked.reply.stop();
    asked.write("??");
    asked.body.complete();
    expect(asked.said).toEqual(["began", "?", "?", "caught up", "to 0"]);
    const strays = new Asked().answered();
    strays.stray = () => {
      strays.said.push("stray");
      strays.reply.stop();
    };
    strays.write("???");
    strays.body.complete();
    expect(strays.said).toEqual(["began", "?", "?", "?", "caught up", "stray"]);
  });

  it("which may come while a part is delivered: what is pushed behind it counts no more", () => {
    const asked = new Asked().answered();
    asked.onDeliver = () => {
      asked.onDeliver = () => {};
      asked.write("!", "?");
    };
    asked.write("0");
    expect(asked.said.slice(0, 6)).toEqual(["began", "0", "to 0", "caught up", "!", "malformed"]);
    expect(asked.said).not.toContain("?");
    expect(asked.body.observed).toBe(false);
  });
});

describe("a transport that answers otherwise than it should", () => {
  it("gives no answer: nobody knows whether it was sent", () => {
    const asked = new Asked().listening([]);
    expect(asked.ends).toHaveLength(1);
    const [end] = asked.ends as [PostEnd & { cause: unknown }];
    expect(end.kind).toBe("lost");
    expect(end.cause).toBeInstanceOf(TransportError);
    expect((end.cause as Error).message).toBe(
      "Cannot read an answer as a transport must give one: current value is none",
    );
  });

  it.each([
    [undefined, "undefined"],
    [null, "null"],
    [{ headers: {}, body: [] }, "an object"],
    [{ status: 0, headers: {}, body: [] }, "an object"],
    [{ status: 200.5, headers: {}, body: [] }, "an object"],
    [{ status: 99, headers: {}, body: [] }, "an object"],
    [{ status: 1000, headers: {}, body: [] }, "an object"],
    [() => [], "a function"],
  ])("gives what is none (%#): said in words, and asked for no second time", (given, found) => {
    const asked = new Asked().listening([given as never]);
    const [end] = asked.ends as [PostEnd & { cause: unknown }];
    expect(asked.ends).toHaveLength(1);
    expect(end.kind).toBe("malformed");
    expect(end.cause).toBeInstanceOf(DecodeError);
    expect((end.cause as Error).message).toBe(
      `Cannot read an answer as a transport must give an HttpResponse, with a status from 100 to 999: current value is ${found}`,
    );
  });

  it.each([
    [undefined, "undefined"],
    [() => [], "a function"],
    [{ status: 200, headers: {}, body: [] }, "an object"],
  ])("gives it in no stream (%#): said in words, and asked for no second time", (given, found) => {
    for (const input of [given, [{ status: 200, headers: {}, body: given ?? 7 }]]) {
      const asked = new Asked().listening(input as never);
      const [end] = asked.ends as [PostEnd & { cause: unknown }];
      expect(asked.ends).toHaveLength(1);
      expect(end.kind).toBe("malformed");
      expect(end.cause).toBeInstanceOf(DecodeError);
      expect((end.cause as Error).message).toBe(
        `Cannot read an answer as a transport must give it as an Observable, a promise or another stream: current value is ${
          input === given ? found : found.replace("undefined", "a number")
        }`,
      );
    }
  });

  it.each([
    ["text", "a string"],
    [new ArrayBuffer(4), "an ArrayBuffer"],
    [7, "a number"],
    [null, "null"],
  ])("gives a body of something else than bytes (%#)", (chunk, found) => {
    const asked = new Asked().listening([{ status: 200, headers: {}, body: [chunk as never] }]);
    const [end] = asked.ends as [PostEnd & { cause: unknown }];
    expect(asked.ends).toHaveLength(1);
    expect((end.cause as Error).message).toBe(
      `Cannot read an answer as its body must come in chunks that are Uint8Arrays: current value is ${found}`,
    );
  });

  it.each([100, 999])("gives a status that nobody knows: %i", (status) => {
    const asked = new Asked().listening([{ status, headers: {}, body: [] }]);
    expect(asked.said[0]).toBe("began");
  });

  it("gives two: the first one counts", () => {
    const asked = new Asked();
    const response = { status: 200, headers: {}, body: asked.body };
    asked.listening([response, { ...response, body: [octets("?")] }]).write("01.");
    expect(asked.said).toEqual(["began", "0", "to 0", "1", "to 1", ".", "read", "caught up"]);
  });
});

describe("rule 17: an answer that is none is a refusal, with what it says", () => {
  const html = { headers: { "Content-Type": "text/html; charset=iso-8859-1" } };

  it.each([200, 503])("in another format, under %i", (status) => {
    const asked = new Asked().answered({ ...html, status });
    asked.body.next(octets("no b"));
    asked.body.next(Uint8Array.of(0xe9));
    asked.body.complete();
    expect(asked.said).toEqual(["began", "caught up", "caught up", "refused"]);
    expect(asked.ends).toMatchObject([{ detail: "no b\u00e9", head: { status } }]);
  });

  it("without a part, unless its status says that all went well", () => {
    const kindOf = (status: number, parts: string) => {
      const asked = new Asked().answered({ status }).write(parts);
      asked.body.complete();
      return asked.ends.map(({ kind }) => kind);
    };
    expect(kindOf(503, "")).toEqual(["refused"]);
    expect(kindOf(503, "0")).toEqual(["read"]);
    expect(kindOf(200, "")).toEqual(["read"]);
  });
});
