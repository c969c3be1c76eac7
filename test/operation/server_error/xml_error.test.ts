import { describe, expect, it } from "vitest";
import { xmlErrorOf } from "../../../src/operation/server_error/xml_error.ts";
import { ResponseError } from "../../../src/operation/errors.ts";
import { get } from "../../../src/operation/make.ts";

const DECLARATION = '<?xml version="1.0" encoding="utf-8"?>';
const SAID = { code: "SY/530", detail: "gone" };

describe("rule 18: an error in XML", () => {
  it.each([
    ["OData 3", `<error><code>SY/530</code><message xml:lang="en">gone</message></error>`],
    [
      "SharePoint",
      `${DECLARATION}<m:error xmlns:m="urn:m"><m:code>SY/530</m:code><m:message xml:lang="en-US">gone</m:message></m:error>`,
    ],
    [
      "Azure",
      `\ufeff${DECLARATION}\r\n<Error>\n <Message>gone</Message>\n <Code>SY/530</Code>\n</Error>`,
    ],
    [
      "SAP, with errors within",
      "<error><code>SY/530</code><message>gone</message><innererror><code>other</code></innererror></error>",
    ],
    [
      "errors within before it",
      "<error><innererror><code>x</code><message/><message>y</message></innererror><code>SY/530</code><message>gone</message></error>",
    ],
    [
      "comments, instructions and marked sections",
      "<!DOCTYPE x><!-- <code>no</code> --><error><?x <code>no?><code><![CDATA[SY/530]]></code><![CDATA[<code>]]><message\n>gone</message></error>",
    ],
    [
      "what comes twice",
      "<error><code> SY/530 </code><code>no</code><message>gone</message></error>",
    ],
    [
      "marked sections with blanks around them",
      "<error>\n<code>\n <![CDATA[SY/530]]>\n</code><message>\n  <![CDATA[gone]]>\n </message></error>",
    ],
    [
      "words in pieces",
      "<error><code><!-- c -->SY<![CDATA[/5]]>30</code><message>g<b>on</b><?x y?>e<!-- --></message></error>",
    ],
    [
      "angle brackets in attributes",
      `<error a='>"' b="<code>no</code>'>"><code a=">">SY/530</code><message a = '/>'>gone</message></error>`,
    ],
  ])("is read as %s writes it", (_who, text) => {
    expect(xmlErrorOf(text)).toEqual(SAID);
  });

  it("has its references undone, but not in a marked section", () => {
    const text = "a &amp;lt; &LT;b&gt; &quot;&apos; &#228;&#xE4; &#x110000; &nbsp; &#; &";
    expect(xmlErrorOf(`<error><message>${text}</message></error>`).detail).toBe(
      `a &lt; <b> "' ää &#x110000; &nbsp; &#; &`,
    );
    const marked = "<![CDATA[<a>&amp;]]]]><![CDATA[>]]> &amp;";
    expect(xmlErrorOf(`<error><message>${marked}</message></error>`).detail).toBe("<a>&amp;]]> &");
  });

  it.each([
    "",
    "words",
    "<html><head><code>C</code></head></html>",
    "<x><error><code>C</code></error></x>",
    "<error/><code>C</code>",
    "<error></error><error><code>C</code></error>",
    "</error><code>C</code>",
    "<error",
    "<error><code",
    "<error><!-- <code>C</code>",
    "<error><![CDATA[ <code>C</code>",
    `<error a="><code>C</code></error>`,
    "<error><code>C",
  ])("is none in %j", (text) => {
    expect(xmlErrorOf(text)).toEqual({});
  });

  it("is read as far as it came", () => {
    expect(xmlErrorOf("<error><code>C</code><message>cut")).toEqual({ code: "C" });
    expect(xmlErrorOf("<error><code/><message></message>")).toEqual({});
  });

  it("says its code and its words on the ResponseError", () => {
    const operation = get("Items");
    const body = "<error><code>SY/530</code><message>gone</message></error>";
    const response = { operation, status: 404, headers: {}, body, attempts: 1 };
    expect(new ResponseError("m", { operation, response })).toMatchObject(SAID);
  });
});
