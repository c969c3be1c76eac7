import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { DecodeError } from "../../src/operation/errors.ts";
import { readHttpAnswer } from "../../src/mime/http/message.ts";
import { boundaryOf, parseMediaType } from "../../src/mime/media_type.ts";
import { MultipartReader } from "../../src/mime/multipart/reader.ts";
import { chunksOf, cutAt } from "../support/octets.ts";

/** Batch answers out of the tests of other projects; not part of this repository. */
const folder = fileURLToPath(new URL("../../../shared/corpus/", import.meta.url));

/** One file of the corpus, as its README describes it. */
interface Case {
  readonly name: string;
  readonly kind: "http" | "request";
  readonly contentType: string;
  readonly rawBase64: string;
  readonly expected: readonly unknown[] | { readonly error: true };
  /** The opposite is as good. */
  readonly optional?: boolean;
}

interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly contentId: string | undefined;
  readonly changeSet?: number;
}

type Compare = (expected: readonly unknown[], got: readonly Answer[]) => string[];

/**
 * Where the sources want an error and we read on. Each has a source that wants the opposite, or an RFC that leaves it
 * to taste.
 */
const READ_ALL_THE_SAME: ReadonlyMap<RegExp, string> = new Map([
  [
    /^odatanet-boundary-bad-(?:at|char-(?!3b)|space)/,
    "characters in an unquoted boundary that should have been quoted: servers send them (protocol E12, E13)",
  ],
  [/^odatanet-response-line-http-2-2$/, "any HTTP version: the status counts (protocol E17)"],
  [/^ui5-unsupported-charset$/, "a charset other than UTF-8: its bytes are read, and it is known"],
  [
    /^ui5-change-set-(?:invalid|no)-content-id$/,
    "the reader matches nothing: a foreign or missing Content-ID is for whoever matches (design rule 14)",
  ],
]);

/** Where the sources read on and we refuse; the corpus calls the opposite as good in each. */
const REFUSED_ALL_THE_SAME: ReadonlyMap<string, string> = new Map([
  [
    "odatanet-boundary-ok-two-blanks",
    "no boundary ends in a blank (RFC 2046 §5.1.1), so that blanks alone are none",
  ],
]);

/** Where the sources read something else than we do. */
const READ_OTHERWISE: ReadonlyMap<string, string> = new Map([
  [
    "dwa-change-set-error-unclosed",
    "the answer stands in a change set that the outer delimiter ends, and is told as its member",
  ],
]);

function read({ contentType }: Case, chunks: readonly Uint8Array[]): Answer[] {
  const mediaType = parseMediaType(contentType);
  if (!mediaType.type.startsWith("multipart/")) throw new DecodeError("no multipart");
  const reader = new MultipartReader(boundaryOf(mediaType));
  const parts = chunks.flatMap((chunk) => [...reader.write(chunk)]);
  parts.push(...reader.end());
  return parts.map((part) => {
    const { status, reason, headers, body } = readHttpAnswer(part.body, 65_536);
    return {
      status,
      statusText: reason,
      headers,
      body: body.joined(),
      contentId: part.headers["content-id"] ?? headers["content-id"],
      ...(part.depth > 0 ? { changeSet: part.depth } : {}),
    };
  });
}

/** The answers, or what refused them. */
function outcome(one: Case, chunks: readonly Uint8Array[]): Answer[] | string {
  try {
    return read(one, chunks);
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
}

/** Small, seeded, good enough to choose places. */
function* places(seed: number, below: number): Generator<number, never> {
  for (let state = seed;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state % below;
  }
}

function* manners(bytes: Uint8Array): Iterable<Uint8Array[]> {
  yield [bytes];
  yield chunksOf(bytes, 1);
  const random = places(bytes.length, bytes.length + 1);
  for (let run = 0; run < 10; run++) {
    yield cutAt(bytes, Array.from({ length: 6 }, () => random.next().value));
  }
}

if (!existsSync(folder)) {
  console.log(
    "The corpus of batch messages (../shared/corpus) is not there: nothing is read of it",
  );
  describe("the corpus", () => {
    it("is not there", () => expect(existsSync(folder)).toBe(false));
  });
} else {
  const { compare } = await import(`${folder}compare.mjs`) as { compare: Compare };
  const cases = readdirSync(folder).filter((file) => file.endsWith(".json")).map((file) =>
    JSON.parse(readFileSync(folder + file, "utf8")) as Case
  ).filter(({ kind }) => kind === "http");

  describe("the corpus", () => {
    it.each(cases.map((one) => [one.name, one] as const))("%s", (name, one) => {
      const bytes = Uint8Array.from(atob(one.rawBase64), (octet) => octet.charCodeAt(0));
      const isReadAnyway = [...READ_ALL_THE_SAME.keys()].some((pattern) => pattern.test(name));
      for (const chunks of manners(bytes)) {
        const got = outcome(one, chunks);
        if (REFUSED_ALL_THE_SAME.has(name)) {
          expect(one.optional).toBe(true);
          expect(got).toBeTypeOf("string");
        } else if (READ_OTHERWISE.has(name)) {
          expect(one.optional).toBe(true);
          expect(got).not.toBeTypeOf("string");
        } else if (!Array.isArray(one.expected)) {
          expect(typeof got === "string").toBe(!isReadAnyway);
        } else {
          expect(got).not.toBeTypeOf("string");
          expect(compare(one.expected, got as Answer[])).toEqual([]);
        }
      }
    });
  });
}
