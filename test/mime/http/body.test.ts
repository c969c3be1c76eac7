import { describe, expect, it } from "vitest";
import { DecodeError } from "../../../src/operation/errors.ts";
import { framedBody, hasNoBody } from "../../../src/mime/http/body.ts";
import { octets, text } from "../../support/octets.ts";
import { ofEveryCut } from "../support.ts";

function framed(headers: Record<string, string>, body: string): string {
  return ofEveryCut(octets(body), (pieces) => text(framedBody(headers, pieces).joined()));
}

describe("hasNoBody()", () => {
  it("is so of interim answers, 204 and 304 (RFC 9112 §6.3)", () => {
    const statuses = [100, 199, 200, 203, 204, 205, 303, 304, 305, 404];
    expect(statuses.filter(hasNoBody)).toEqual([100, 199, 204, 304]);
  });
});

describe("framedBody()", () => {
  it("never cuts a body short by its Content-Length", () => {
    expect(framed({ "content-length": "3" }, "hello")).toBe("hello");
    expect(framed({ "content-length": "0" }, "hello")).toBe("hello");
    expect(framed({ "content-length": "9" }, "hello")).toBe("hello");
    expect(framed({ "content-length": "5" }, "hello\r\nmore")).toBe("hello\r\nmore");
    expect(framed({ "content-length": "5" }, "hello\r\n\r\n.")).toBe("hello\r\n\r\n.");
    for (const length of ["X", "5, 5", "x5", "5x", "", "0000000000000005", "-5"]) {
      expect(framed({ "content-length": length }, "hello\r\n")).toBe("hello\r\n");
    }
    expect(framed({ "content-length": "000000000000005" }, "hello\r\n")).toBe("hello");
    expect(framed({ "content-length": "12" }, "hello, world\r\n")).toBe("hello, world");
  });

  it("drops stray line ends behind the length", () => {
    expect(framed({ "content-length": "5" }, "hello\r\n\r\n")).toBe("hello");
    expect(framed({ "content-length": "0" }, "\r\n")).toBe("");
    expect(framed({}, "hello\r\n")).toBe("hello\r\n");
  });

  it("undoes chunks", () => {
    expect(framed({ "transfer-encoding": "Chunked" }, "2\r\nhi\r\n0\r\n\r\n")).toBe("hi");
    expect(framed({ "transfer-encoding": "gzip , Chunked " }, "2\r\nhi\r\n0\r\n\r\n")).toBe("hi");
    for (const coding of ["identity", "x-chunked", "chunked, identity"]) {
      expect(framed({ "transfer-encoding": coding }, "hi")).toBe("hi");
    }
  });

  it("takes no body for chunks that no header says are some", () => {
    const body = "2\r\nhi\r\n0\r\n\r\n";
    expect(framed({}, body)).toBe(body);
    expect(framed({ "transfer-encoding": "chunked, identity" }, body)).toBe(body);
  });

  it("E37: takes a body that is in no chunks as it is, whatever the header says of it", () => {
    for (const body of ['{"n":1}', "", "<a/>", "plain", "\r\n", "0x1", "12", "0"]) {
      expect(framed({ "transfer-encoding": "chunked" }, body)).toBe(body);
    }
    expect(() => framed({ "transfer-encoding": "chunked" }, "12 {}")).toThrow(DecodeError);
    const stated = { "transfer-encoding": "chunked", "content-length": "2" };
    expect(framed(stated, "{}\r\n")).toBe("{}");
  });

  it("refuses a compressed body", () => {
    expect(() => framed({ "content-encoding": "gzip" }, "?")).toThrow(DecodeError);
    expect(() => framed({ "content-encoding": "gzip" }, "?")).toThrow(
      /^Cannot decode a body as it must not be compressed within its part: current value is a Content-Encoding of 4 characters$/,
    );
    expect(framed({ "content-encoding": "identity" }, "hi")).toBe("hi");
    expect(framed({ "content-encoding": "" }, "hi")).toBe("hi");
    expect(framed({ "content-encoding": "identity, Identity ," }, "hi")).toBe("hi");
    expect(() => framed({ "content-encoding": "identity, gzip" }, "?")).toThrow(DecodeError);
  });

  it("takes nothing for nothing, however it is compressed", () => {
    expect(framed({ "content-encoding": "gzip" }, "")).toBe("");
    expect(framed({ "content-encoding": "gzip", "content-length": "0" }, "\r\n")).toBe("");
  });
});
