import { describe, expect, it } from "vitest";
import { DecodeError, OperationError } from "../../src/operation/errors.ts";
import type { Operation } from "../../src/operation/operation.ts";
import { del, get, head, patch, post, put } from "../../src/operation/make.ts";
import type { ResponseHead } from "../../src/transport/transport.ts";
import type { BatchRequest, Wire } from "../../src/wire/wire.ts";
import { chunksOf, octets } from "../support/octets.ts";
import { decodeAll, encodeAll, type SentOperation, told } from "./support.ts";

/** One answer inside a batch answer. */
export interface InnerAnswer {
  /** "1" to "n"; without it the part carries no id. */
  readonly id?: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, unless the headers name another Content-Type. */
  readonly body?: string | undefined;
}

/** What differs from dialect to dialect. */
export interface WireFacts {
  /** Groups of operations: those of one group share a lane, those of different groups do not. */
  readonly lanes: readonly (readonly Operation[])[];
  /** What must be refused, each under a name. */
  readonly refused: Readonly<Record<string, Operation>>;
  /** The request-target that `get("messages")` gets. */
  readonly messagesTarget: string;
  /** Whether a batch may hold HEAD. */
  readonly takesHead: boolean;
  /** Reads a batch as a strict server does. */
  readonly sentIn: (request: BatchRequest) => readonly SentOperation[];
  /** Writes a batch answer. */
  readonly answer: (answers: readonly InnerAnswer[]) => { head: ResponseHead; bytes: Uint8Array };
  /** Whether parts come out before the answer's end. */
  readonly isStreamed: boolean;
}

/** What every wire must do; a dialect's own file tests the rest. */
export function describeWire(name: string, make: () => Wire, facts: WireFacts): void {
  describe(`${name}, as a wire`, () => {
    describe("lanes", () => {
      it("put operations together that may be in one batch, and no others", () => {
        const wire = make();
        const keys = facts.lanes.map((lane) =>
          lane.map((operation) => wire.contextOf(operation).key)
        );
        for (const lane of keys) expect(new Set(lane).size).toBe(1);
        expect(new Set(keys.flat()).size).toBe(facts.lanes.length);
      });

      it("give operations of one lane the same URL and name", () => {
        const wire = make();
        for (const lane of facts.lanes) {
          const contexts = lane.map((operation) => wire.contextOf(operation));
          expect(new Set(contexts.map(({ url }) => url)).size).toBe(1);
          expect(new Set(contexts.map((context) => context.name)).size).toBe(1);
        }
      });

      it("do not depend on what was asked before", () => {
        const shared = make();
        for (let round = 0; round < 3; round++) {
          for (const operation of facts.lanes.flat()) {
            expect(shared.contextOf(operation)).toEqual(make().contextOf(operation));
          }
        }
      });

      it("keep people apart, whatever the letter case", () => {
        const wire = make();
        const own = (headers: Record<string, string>) =>
          wire.contextOf(get("messages", { headers }));
        const anna = own({ Authorization: "Bearer anna" });
        expect(anna.authorization).toBe("Bearer anna");
        expect(own({ AUTHORIZATION: "Bearer anna" }).key).toBe(anna.key);
        expect(own({ authorization: "Bearer ben" }).key).not.toBe(anna.key);
        expect(own({}).key).not.toBe(anna.key);
        expect(own({}).authorization).toBeUndefined();
        const { request } = encodeAll(wire, [
          get("messages", { headers: { Authorization: "Bearer anna" } }),
        ]);
        const sent = facts.sentIn(request)[0]!.headers;
        expect(Object.keys(sent).map((header) => header.toLowerCase())).not.toContain(
          "authorization",
        );
      });
    });

    describe("encoding", () => {
      const operations = [
        get("messages"),
        post("messages", { Subject: "Grüße", n: 1 }, { headers: { "X-Own": "a: b" } }),
        put("messages/1", { text: "\r\n--batch_\r\n" }),
        patch("messages/1", { a: [] }),
        del("messages/1", { headers: { "If-Match": 'W/"1"' } }),
        facts.takesHead ? head("messages") : get("messages"),
      ];

      it("sends every operation as it is, in order, with ids from 1", () => {
        const { request, context } = encodeAll(make(), operations);
        expect(request).toMatchObject({ method: "POST", url: context.url });
        const sent = facts.sentIn(request);
        expect(sent.map((one) => [one.contentId, one.method, one.body])).toEqual(
          operations.map(({ method, body }, at) => [String(at + 1), method, body ?? ""]),
        );
        expect(sent[0]!.target).toBe(facts.messagesTarget);
        expect(sent[1]!.headers).toMatchObject({
          "X-Own": "a: b",
          "Content-Type": "application/json",
        });
        expect(sent[4]!.headers).toMatchObject({ "If-Match": 'W/"1"' });
      });

      it("knows beforehand how many octets it will send, within the digits of each id", () => {
        for (const count of [1, 6]) {
          const wire = make();
          const { request, bytes } = encodeAll(wire, operations.slice(0, count));
          const digits = String(wire.maxBatchSize).length - 1;
          expect(bytes).toBeGreaterThanOrEqual(request.body.length);
          expect(bytes - request.body.length).toBeLessThanOrEqual(count * digits);
        }
      });

      it("sends the same operations again", () => {
        const wire = make();
        const context = wire.contextOf(operations[0]!);
        const encoded = operations.map((operation) => wire.encodeOne(operation, context));
        const [first, second] = [encoded, [...encoded].reverse()].map((batch) =>
          facts.sentIn(wire.encode(batch, context)).map(({ method, body }) => [method, body])
        );
        expect(second!.reverse()).toEqual(first);
      });

      it.each(Object.entries(facts.refused))(
        "refuses %s, and quotes none of it",
        (_name, operation) => {
          const wire = make();
          const send = () => wire.encodeOne(operation, wire.contextOf(operation));
          expect(send).toThrow(OperationError);
          expect(send).toThrow(/^Cannot [^\n]+ as [^\n]+: current value is [^\n]*[^.]$/);
          try {
            send();
          } catch (error) {
            expect((error as OperationError).operation).toBe(operation);
            expect((error as OperationError).message).not.toContain(operation.url);
          }
        },
      );
    });

    describe("decoding", () => {
      const operations = [get("a"), head("b"), get("c"), get("d")];
      const jsonType = { "Content-Type": "application/json" };
      const { head: answerHead, bytes } = facts.answer([
        {
          id: "1",
          status: 200,
          headers: { ...jsonType, ETag: 'W/"x"' },
          body: '{"Subject":"Grüße"}',
        },
        { id: "2", status: 200, headers: jsonType },
        { id: "3", status: 404, headers: jsonType, body: '{"error":{"code":"ErrorItemNotFound"}}' },
        { id: "4", status: 204 },
      ]);
      const expected = [
        { index: 0, status: 200, headers: { etag: 'W/"x"' }, body: { Subject: "Grüße" } },
        { index: 1, status: 200, body: undefined },
        { index: 2, status: 404, body: { error: { code: "ErrorItemNotFound" } } },
        { index: 3, status: 204, body: undefined },
      ];

      it.each([
        ["whole", [bytes]],
        ["octet by octet", chunksOf(bytes, 1)],
        ["in sevens", chunksOf(bytes, 7)],
      ])("reads an answer that comes %s", (_how, chunks) => {
        const { parts, failure } = decodeAll(make().decoder(answerHead, operations)!, chunks);
        expect(failure).toBeUndefined();
        expect(parts.map((part, at) => told(part, operations[at]!))).toMatchObject(expected);
      });

      it("gives parts out as soon as the form of the answer allows", () => {
        const decoder = make().decoder(answerHead, operations)!;
        const early = chunksOf(bytes, 1).map((chunk) => [...decoder.write(chunk)].length);
        expect(early.filter((count) => count === 1)).toHaveLength(facts.isStreamed ? 4 : 0);
        expect([...decoder.end()]).toHaveLength(facts.isStreamed ? 0 : 4);
      });

      it("says so when an answer is cut off", () => {
        for (let length = 0; length < bytes.length - 4; length += 3) {
          const decoder = make().decoder(answerHead, operations)!;
          const { failure } = decodeAll(decoder, [bytes.subarray(0, length)]);
          expect(failure).toBeInstanceOf(DecodeError);
          expect((failure as DecodeError).isTruncated).toBe(true);
        }
      });

      it("tells known, unknown and missing ids apart", () => {
        const answer = facts.answer([
          { id: "2", status: 200 },
          { id: "5", status: 200 },
          { id: "0", status: 200 },
          { id: "01", status: 200 },
          { id: "x", status: 200 },
          { status: 200 },
        ]);
        const { parts } = decodeAll(make().decoder(answer.head, operations)!, [answer.bytes]);
        expect(parts.map(({ index }) => index)).toEqual([1, -1, -1, -1, -1, undefined]);
      });

      it("looks at no status of the answer", () => {
        for (const status of [200, 202, 400, 500]) {
          const decoder = make().decoder({ ...answerHead, status }, operations)!;
          expect(decodeAll(decoder, [bytes]).parts).toHaveLength(4);
        }
      });

      it("leaves alone what is no batch answer", () => {
        for (const contentType of ["text/html", "text/plain; charset=utf-8", ""]) {
          const headers: Record<string, string> = contentType === "" ? {} : {
            "content-type": contentType,
          };
          expect(make().decoder({ status: 502, headers }, operations)).toBeUndefined();
        }
      });

      it("fails at once for JSON that is no batch answer", () => {
        const head = { status: 200, headers: { "content-type": "application/json" } };
        for (const body of ["{}", '{"error":{}}', "[]", "null", "{", "", '{"responses":{}}']) {
          const decoder = make().decoder(head, operations)!;
          const { parts, failure } = decodeAll(decoder, [octets(body)]);
          expect(parts).toEqual([]);
          expect(failure).toBeInstanceOf(DecodeError);
        }
      });
    });
  });
}
