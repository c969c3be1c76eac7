import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Refusal } from "../../../src/testing/http/http.ts";
import { readMultipartRequest } from "../../../src/testing/http/multipart_request.ts";

/** Batch requests out of another project's test suite; see the README in that folder. */
const FOLDER = new URL("../../../../shared/corpus/", import.meta.url);

interface Case {
  readonly name: string;
  readonly kind: string;
  readonly contentType: string;
  readonly rawBase64: string;
  readonly expected: { readonly ok?: boolean; readonly error?: boolean; readonly parts?: number };
}

/**
 * Decisions of taste, where the case asks for one.
 *
 * - `nonStrictParser` lacks the empty lines behind its heads, which Olingo forgives in its non-strict mode only. A batch
 *   like that is what a client must be told about: refused.
 * - Every `taste: "strict"` case is refused as stated.
 * - `noContentId` has a Content-ID twice. That is a matter of meaning, not of syntax: the reader takes it, and the
 *   Outlook rules refuse it (see refusals.test.ts).
 * - No case ends in CRLF or names a Content-Transfer-Encoding everywhere. Only Outlook asks for these: the reader reports
 *   what is missing, and the Outlook rules refuse it.
 */
const REFUSED_BY_TASTE = new Set(["olingo-request-nonStrictParser"]);

const CODES: Readonly<Record<string, string>> = {
  "badRequest": "ErrorBatchMissingCloseDelimiter",
  "batchBoundaryEqualsChangeSetBoundary": "ErrorBatchMissingBlankLine",
  "boundaryWithoutHyphen": "ErrorBatchUnexpectedContent",
  "getRequestMissingCRLF": "ErrorBatchMissingBlankLine",
  "invalidMethodForChangeset": "ErrorBatchChangeSetMethod",
  "mimeHeaderContentType": "ErrorBatchPartContentType",
  "mimeHeaderEncoding": "ErrorBatchPartTransferEncoding",
  "missingContentType": "ErrorBatchPartContentType",
  "missingHttpVersion": "ErrorBatchRequestLine",
  "missingHttpVersion2": "ErrorBatchRequestLine",
  "missingHttpVersion3": "ErrorBatchRequestLine",
  "negativeContentLengthRequest": "ErrorBatchContentLength",
  "nestedChangeset": "ErrorBatchPartContentType",
  "noBoundaryFound": "ErrorBatchMissingCloseDelimiter",
  "noBoundaryString": "ErrorBatchUnexpectedContent",
  "noCloseDelimiter": "ErrorBatchMissingCloseDelimiter",
  "noCloseDelimiter2": "ErrorBatchMissingCloseDelimiter",
  "noCloseDelimiter3": "ErrorBatchMissingCloseDelimiter",
  "noContentType": "ErrorBatchPartContentType",
  "noMethod": "ErrorBatchRequestLine",
  "nonNumericContentLength": "ErrorBatchContentLength",
  "nonStrictParser": "ErrorBatchMissingBlankLine",
  // For want of an empty line the inner delimiter stands among the headers of the part, where it is none.
  "nonStrictParserMoreCRLF": "ErrorBatchHeader",
};

function requestCases(): Case[] {
  return readdirSync(FOLDER).filter((file) => file.endsWith(".json")).map((file) => ({
    name: file.slice(0, -".json".length),
    ...JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as Omit<Case, "name">,
  })).filter(({ kind }) => kind === "request");
}

function judge({ contentType, rawBase64 }: Case): number | string {
  try {
    const bytes = Uint8Array.from(atob(rawBase64), (character) => character.charCodeAt(0));
    return readMultipartRequest(contentType, bytes).parts;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

if (existsSync(FOLDER)) {
  describe("requests of the corpus, judged as stated there", () => {
    for (const given of requestCases()) {
      const { name, expected } = given;
      const refused = expected.error === true || REFUSED_BY_TASTE.has(name);
      it(`${name} is ${refused ? "refused" : "taken"}`, () => {
        const verdict = judge(given);
        if (refused) expect(verdict).toBe(CODES[name.replace("olingo-request-", "")]);
        else if (expected.parts === undefined) expect(verdict).toBeTypeOf("number");
        else expect(verdict).toBe(expected.parts);
      });
    }
  });
} else {
  describe("requests of the corpus", () => {
    it("the folder ../shared/corpus is not there: nothing to judge", () => {
      console.log("The corpus of batch messages is not there: its 38 requests were not judged.");
      expect(existsSync(FOLDER)).toBe(false);
    });
  });
}
