import { describe, expect, it } from "vitest";
import { DecodeError } from "../../../src/operation/errors.ts";
import { framedBody } from "../../../src/mime/http/body.ts";
import { octets, text } from "../../support/octets.ts";
import { ofEveryCut } from "../support.ts";

function framed(headers: Record<string, string>, body: string): string {
  return ofEveryCut(octets(body), (pieces) => text(framedBody(headers, pieces).joined()));
}

describe("framedBody()", () => {
  it("never cuts a body short by its Content-Length", () => {
    expect(framed({ "content-length": "3" }, "hello")).toBe("hello");
    expect(framed({ "content-length": "0" }, "hello")).toBe("hello");
    expect(framed({ "content-length": "9" }, "hello")).toBe("hello");
    expect(framed({ "content-length": "5" }, "hello\r\nmore")).toBe("hello\r\nmore");
    expect(framed({ "content-length": "5" }, "hello\r\n\r\n.")).toBe("hello\r\n\r\n.");
    expect(framed({ "content-length": "X" }, "hello\r\n")).toBe("hello\r\n");
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

  it("refuses a compressed body", () => {
    expect(() => framed({ "content-encoding": "gzip" }, "?")).toThrow(DecodeError);
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
