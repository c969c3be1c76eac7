import { describe, expect, it } from "vitest";
import { rawBody } from "../../../src/wire/json/raw_body.ts";

const octets = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe("rawBody(): a body as text", () => {
  it.each([
    ["that its Content-Type names", "text/plain; charset=iso-8859-1", octets("é"), "é"],
    [
      "that XML declares",
      "application/xml",
      octets('<?xml version="1.0" encoding="iso-8859-1"?><a>é</a>'),
      '<?xml version="1.0" encoding="iso-8859-1"?><a>é</a>',
    ],
    [
      "that the Content-Type names before XML does",
      "text/xml; charset=iso-8859-1",
      octets('<?xml version="1.0" encoding="utf-16"?><a>é</a>'),
      '<?xml version="1.0" encoding="utf-16"?><a>é</a>',
    ],
    ["that its octets show", "application/xml", octets("<\0a\0/\0>\0"), "<a/>"],
    ["of a byte order mark", "application/json", octets("\xff\xfe{\0}\0"), "{}"],
    ["that is UTF-8 where nothing else is said", undefined, octets("\xc3\xa9"), "é"],
    ["that is UTF-8 where nobody knows another", "text/plain; charset=x", octets("\xc3\xa9"), "é"],
  ])("is in the charset %s", (_what, contentType, bytes, text) => {
    expect(rawBody(bytes, "text", contentType)).toBe(text);
    expect(rawBody(bytes, "bytes", contentType)).toBe(bytes);
  });

  it("is undefined where there is nothing", () => {
    expect(rawBody(new Uint8Array(0), "text", "text/plain")).toBeUndefined();
  });
});
