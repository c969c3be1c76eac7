import { describe, expect, it } from "vitest";
import { fakeOutlook } from "../../../src/testing.ts";
import {
  BOUNDARY,
  creation,
  errorOf,
  ME,
  multipart,
  partsOf,
  type Piece,
  post,
  type PostOptions,
  statusesOf,
} from "../support.ts";

const RUFUS = "rufus@contoso.com";
const DANA = "dana@contoso.com";
const HOST = "https://outlook.office.com";

function twoMailboxes(): ReturnType<typeof fakeOutlook> {
  return fakeOutlook({
    mailboxes: { [RUFUS]: {}, [DANA]: {} },
    tokens: { both: [RUFUS, DANA], rufus: RUFUS, dana: DANA },
  });
}

const usersBatch = `${HOST}/api/v2.0/users('${RUFUS}')/$batch`;
const read: Piece = { url: "messages?$top=1" };

describe("what a batch is refused for", () => {
  const cases: Record<
    string,
    {
      content: readonly Piece[] | string;
      options?: PostOptions;
      status?: number;
      code: string;
    }
  > = {
    "more than 20 operations": {
      content: Array.from({ length: 21 }, () => read),
      code: "ErrorBatchTooManyOperations",
    },
    "no operation at all": { content: [], code: "ErrorBatchEmpty" },
    "two mailboxes": {
      content: [read, { url: `/api/v2.0/users('${DANA}')/messages` }],
      options: { url: usersBatch },
      code: "ErrorBatchMailboxMismatch",
    },
    "a user in a batch for another mailbox": {
      content: [{ url: `/api/v2.0/users('${DANA}')/messages` }],
      code: "ErrorBatchMailboxMismatch",
    },
    "an unknown user in the batch": {
      content: [{ url: "/api/v2.0/users('nobody@contoso.com')/messages" }],
      code: "ErrorBatchMailboxMismatch",
    },
    "a token of its own whose 'me' is somebody else": {
      content: [{ ...read, headers: { Authorization: "Bearer dana" } }],
      code: "ErrorBatchMailboxMismatch",
    },
    "me and the user's address mixed": {
      content: [{ url: `/api/v2.0/users('${RUFUS}')/messages` }],
      code: "ErrorBatchUserSpelling",
    },
    "the user in quotes only, in a batch for one in parentheses": {
      content: [read, { url: `/api/v2.0/users/'${RUFUS}'/messages` }],
      options: { url: usersBatch },
      code: "ErrorBatchUserSpelling",
    },
    "the user bare, in a batch for one in parentheses": {
      content: [read, { url: `/api/v2.0/users/${RUFUS}/messages` }],
      options: { url: usersBatch },
      code: "ErrorBatchUserSpelling",
    },
    "the user's letter case changed": {
      content: [{ url: `/api/v2.0/users('${RUFUS.toUpperCase()}')/messages` }],
      options: { url: usersBatch },
      code: "ErrorBatchUserSpelling",
    },
    "two spellings in a beta batch": {
      content: [
        { url: "/api/beta/me/messages" },
        { url: `/api/beta/users('${RUFUS}')/messages` },
      ],
      options: { url: `${HOST}/api/beta/$batch` },
      code: "ErrorBatchUserSpelling",
    },
    "dot segments that lead to another user": {
      content: [{ url: `../users('${DANA}')/messages` }],
      code: "ErrorBatchMailboxMismatch",
    },
    "another host": {
      content: [{ url: "https://graph.microsoft.com/api/v2.0/me/messages" }],
      code: "ErrorBatchHostMismatch",
    },
    "another host behind two slashes": {
      content: [{ url: "//graph.microsoft.com/api/v2.0/me/messages" }],
      code: "ErrorBatchHostMismatch",
    },
    "another host in the Host header": {
      content: [{ ...read, headers: { Host: "graph.microsoft.com" } }],
      code: "ErrorBatchHostMismatch",
    },
    "another version": {
      content: [{ url: "/api/beta/me/messages" }],
      code: "ErrorBatchVersionMismatch",
    },
    "a URL without context": {
      content: [{ url: "/api/v2.0/messages" }],
      code: "ErrorBatchContext",
    },
    "a URL that cannot be read": { content: [{ url: "https://[/" }], code: "ErrorBatchUrl" },
    "a batch in a batch": {
      content: [creation("x", { url: "/api/v2.0/me/$batch" })],
      code: "ErrorBatchNested",
    },
    "no CRLF behind the last delimiter": {
      content: multipart([creation("x")]).trimEnd(),
      code: "ErrorBatchMissingFinalNewLine",
    },
    "a lone LF behind the last delimiter": {
      content: `${multipart([creation("x")]).trimEnd()}\n`,
      code: "ErrorBatchMissingFinalNewLine",
    },
    "bare LF": {
      content: multipart([read]).replaceAll("\r\n", "\n"),
      code: "ErrorBatchBareLineFeed",
    },
    "bare LF in front of a delimiter": {
      content: multipart([creation("x")]).replace(`}\r\n--${BOUNDARY}--`, `}\n--${BOUNDARY}--`),
      code: "ErrorBatchBareLineFeed",
    },
    "bare LF behind a delimiter": {
      content: multipart([read]).replace(`--${BOUNDARY}\r\n`, `--${BOUNDARY}\n`),
      code: "ErrorBatchBareLineFeed",
    },
    "bare LF between part headers": {
      content: multipart([read]).replace("http\r\nContent", "http\nContent"),
      code: "ErrorBatchBareLineFeed",
    },
    "bare LF between inner headers": {
      content: multipart([creation("x")]).replace("HTTP/1.1\r\n", "HTTP/1.1\n"),
      code: "ErrorBatchBareLineFeed",
    },
    "a Content-Type that is no batch": {
      content: [read],
      options: { headers: { "Content-Type": "text/plain" } },
      status: 415,
      code: "ErrorBatchContentType",
    },
    "another kind of multipart": {
      content: [read],
      options: { headers: { "Content-Type": `multipart/form-data; boundary=${BOUNDARY}` } },
      status: 415,
      code: "ErrorBatchContentType",
    },
    "no boundary": {
      content: [read],
      options: { headers: { "Content-Type": "multipart/mixed" } },
      code: "ErrorBatchBoundary",
    },
    "a boundary of 71 characters": {
      content: [read],
      options: { headers: { "Content-Type": `multipart/mixed; boundary=${"b".repeat(71)}` } },
      code: "ErrorBatchBoundary",
    },
    "a boundary that the body does not use": {
      content: [read],
      options: { headers: { "Content-Type": "multipart/mixed; boundary=other" } },
      code: "ErrorBatchMissingCloseDelimiter",
    },
    "a boundary that only begins like the one used": {
      content: [read],
      options: { headers: { "Content-Type": "multipart/mixed; boundary=batch_tes" } },
      code: "ErrorBatchMissingCloseDelimiter",
    },
    "no close delimiter": {
      content: multipart([read]).replace(`--${BOUNDARY}--\r\n`, ""),
      code: "ErrorBatchMissingCloseDelimiter",
    },
    "a close delimiter of three dashes": {
      content: multipart([read]).replace(`--${BOUNDARY}--`, `--${BOUNDARY}---`),
      code: "ErrorBatchMissingCloseDelimiter",
    },
    "a part without Content-Type": {
      content: [{ ...read, part: ["Content-Transfer-Encoding: binary"] }],
      code: "ErrorBatchPartContentType",
    },
    "a part without any header": {
      content: [{ ...read, part: [] }],
      code: "ErrorBatchPartContentType",
    },
    "a part of another Content-Type": {
      content: [{
        ...read,
        part: ["Content-Type: application/json", "Content-Transfer-Encoding: binary"],
      }],
      code: "ErrorBatchPartContentType",
    },
    "a part without Content-Transfer-Encoding": {
      content: [{ ...read, part: ["Content-Type: application/http"] }],
      code: "ErrorBatchPartTransferEncoding",
    },
    "a part in another Content-Transfer-Encoding": {
      content: [{
        ...read,
        part: ["Content-Type: application/http", "Content-Transfer-Encoding: base64"],
      }],
      code: "ErrorBatchPartTransferEncoding",
    },
    "a part whose header comes twice": {
      content: [{
        ...read,
        part: [
          "Content-Type: application/http",
          "Content-Type: application/http",
          "Content-Transfer-Encoding: binary",
        ],
      }],
      code: "ErrorBatchHeader",
    },
    "a blank before the colon of a header": {
      content: multipart([creation("x")]).replace("Content-Type: application/json", "X : y"),
      code: "ErrorBatchHeader",
    },
    "a folded header": {
      content: [creation("x", { headers: { "X-Long": "one\r\n two" } })],
      code: "ErrorBatchHeader",
    },
    "a change set": {
      content: [
        `--${BOUNDARY}`,
        "Content-Type: multipart/mixed; boundary=cs",
        "",
        "--cs",
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        "Content-ID: 1",
        "",
        "DELETE messages/1 HTTP/1.1",
        "",
        "",
        "--cs--",
        `--${BOUNDARY}--`,
        "",
      ].join("\r\n"),
      code: "ErrorBatchChangeSet",
    },
    "a Content-ID twice": {
      content: [{ ...read, id: "1" }, { ...read, id: "1" }],
      code: "ErrorBatchContentId",
    },
    "a blank behind the HTTP version": {
      content: multipart([read]).replace("HTTP/1.1", "HTTP/1.1 "),
      code: "ErrorBatchRequestLine",
    },
    "two blanks in a request line": {
      content: multipart([read]).replace("GET ", "GET  "),
      code: "ErrorBatchRequestLine",
    },
    "a request line without version": {
      content: multipart([read]).replace(" HTTP/1.1", ""),
      code: "ErrorBatchRequestLine",
    },
    "an empty line in front of the request line": {
      content: multipart([read]).replace("GET ", "\r\nGET "),
      code: "ErrorBatchRequestLine",
    },
    "one empty line only behind the head of a GET": {
      content: multipart([read]).replace("\r\n\r\n\r\n--", "\r\n\r\n--"),
      code: "ErrorBatchMissingBlankLine",
    },
    "an empty line too many behind a GET": {
      content: [{ ...read, body: "\r\n" }],
      code: "ErrorBatchUnexpectedContent",
    },
    "a body with a DELETE": {
      content: [{ method: "DELETE", url: "messages/1", body: "{}" }],
      code: "ErrorBatchUnexpectedContent",
    },
    "a chunked body inside": {
      content: [creation("x", { headers: { "Transfer-Encoding": "chunked" } })],
      code: "ErrorBatchTransferEncoding",
    },
    "a Content-Length that is no number": {
      content: [creation("x", { headers: { "Content-Length": "-2" } })],
      code: "ErrorBatchContentLength",
    },
    "no token": {
      content: [read],
      options: { headers: { Authorization: undefined } },
      status: 401,
      code: "InvalidAuthenticationToken",
    },
    "a foreign token": {
      content: [read],
      options: { headers: { Authorization: "Bearer somebody-else" } },
      status: 401,
      code: "InvalidAuthenticationToken",
    },
    "another scheme than Bearer": {
      content: [read],
      options: { headers: { Authorization: "Basic Ym90aA==" } },
      status: 401,
      code: "InvalidAuthenticationToken",
    },
    "a token that does not open the mailbox": {
      content: [read],
      options: { url: usersBatch, headers: { Authorization: "Bearer dana" } },
      status: 403,
      code: "ErrorAccessDenied",
    },
    "a mailbox that does not exist": {
      content: [read],
      options: { url: `${HOST}/api/v2.0/users('nobody@contoso.com')/$batch` },
      status: 404,
      code: "MailboxNotEnabledForRESTAPI",
    },
    "an anchor that names another mailbox": {
      content: [read],
      options: { headers: { "x-AnchorMailbox": DANA } },
      code: "ErrorIncorrectRoutingHint",
    },
    "a batch URL without context in v2.0": {
      content: [read],
      options: { url: `${HOST}/api/v2.0/$batch` },
      status: 404,
      code: "ErrorInvalidUrl",
    },
    "a batch URL below a resource": {
      content: [read],
      options: { url: `${HOST}/api/v2.0/me/messages/$batch` },
      status: 404,
      code: "ErrorInvalidUrl",
    },
    "an unknown version": {
      content: [read],
      options: { url: `${HOST}/api/v1.0/me/$batch` },
      status: 404,
      code: "ErrorInvalidUrl",
    },
  };

  for (const [what, { content, options, status = 400, code }] of Object.entries(cases)) {
    it(`${what}: ${status} ${code}`, async () => {
      const fake = twoMailboxes();
      expect(await errorOf(await post(fake, content, options))).toEqual({ status, code });
      expect(fake.ledger.received()).toBe(0);
      expect(fake.ledger.batches).toMatchObject([{ post: 1, size: 0, status }]);
      expect(fake.items(RUFUS, "messages")).toHaveLength(20);
    });
  }

  it("any other method than POST: 405", async () => {
    const fake = twoMailboxes();
    const response = await fake.fetch(ME, { headers: { Authorization: "Bearer both" } });
    expect(response.headers.get("allow")).toBe("POST");
    expect(await errorOf(response)).toEqual({ status: 405, code: "ErrorMethodNotAllowed" });
  });
});

describe("what a batch is taken with", () => {
  const taken: Record<string, { content: readonly Piece[] | string; options?: PostOptions }> = {
    "20 operations": { content: Array.from({ length: 20 }, () => read) },
    "the three forms of URL mixed": {
      content: [
        read,
        { url: "/api/v2.0/me/messages" },
        { url: `${HOST}/api/v2.0/me/messages` },
      ],
    },
    "a user in parentheses": {
      content: [read, { url: `/api/v2.0/users('${RUFUS}')/events` }],
      options: { url: usersBatch },
    },
    "a user in percent-encoding": {
      content: [{ url: `/api/v2.0/Users('${RUFUS.replace("@", "%40")}')/events` }],
      options: { url: usersBatch },
    },
    "a user in quotes": {
      content: [read, { url: `/api/v2.0/users/'${RUFUS}'/events` }],
      options: { url: `${HOST}/api/v2.0/users/'${RUFUS}'/$batch` },
    },
    "a bare user": {
      content: [read, { url: `/api/v2.0/users/${RUFUS}/events` }],
      options: { url: `${HOST}/api/v2.0/users/${RUFUS}/$batch` },
    },
    "beta without context": {
      content: [{ url: "/api/beta/me/events" }, { url: "me/messages" }],
      options: { url: `${HOST}/api/beta/$batch` },
    },
    "beta with context": {
      content: [{ url: "/api/beta/me/events" }, read],
      options: { url: `${HOST}/api/beta/me/$batch` },
    },
    "a preamble, blanks behind delimiters, an epilogue": {
      content: `before\r\n${
        multipart([read]).replace(`${BOUNDARY}\r\n`, `${BOUNDARY} \t\r\n`)
      }after`,
    },
    "a boundary in quotes": {
      content: [read],
      options: { headers: { "Content-Type": `multipart/mixed; boundary="${BOUNDARY}"` } },
    },
    "an anchor that names the mailbox": {
      content: [read],
      options: { headers: { "x-AnchorMailbox": RUFUS.toUpperCase() } },
    },
    "a Content-Length that lies": {
      content: [creation("x", { headers: { "Content-Length": "3" } })],
    },
  };

  for (const [what, { content, options }] of Object.entries(taken)) {
    it(what, async () => {
      const response = await post(twoMailboxes(), content, options);
      expect(response.status).toBe(200);
      for (const status of await statusesOf(response)) expect(status).toBeLessThan(300);
    });
  }

  it("line feeds and what looks like a delimiter, in a body", async () => {
    const fake = twoMailboxes();
    const subject = `--${BOUNDARY} and \u20ac`;
    const body = `{\n"Subject": ${JSON.stringify(subject)}\n}`;
    expect(await statusesOf(await post(fake, [creation("", { body })]))).toEqual([201]);
    expect(fake.items(RUFUS, "messages").at(-1)).toMatchObject({ Subject: subject });
  });
});

describe("what only one operation is refused for", () => {
  const alone: Record<string, { piece: Piece; status: number; code: string }> = {
    "an unknown token of its own": {
      piece: { ...read, headers: { Authorization: "Bearer expired" } },
      status: 401,
      code: "InvalidAuthenticationToken",
    },
    "a token of its own that does not open the mailbox": {
      piece: {
        url: `/api/v2.0/users('${RUFUS}')/messages`,
        headers: { Authorization: "Bearer dana" },
      },
      status: 403,
      code: "ErrorAccessDenied",
    },
    "an anchor of its own that names another mailbox": {
      piece: { ...read, headers: { "X-AnchorMailbox": DANA } },
      status: 400,
      code: "ErrorIncorrectRoutingHint",
    },
    "a Content-Type that only the batch has": {
      piece: { method: "POST", url: "messages", body: "{}" },
      status: 415,
      code: "UnsupportedMediaType",
    },
    "a method that the resource does not take": {
      piece: { method: "PUT", url: "messages/1", body: "{}" },
      status: 405,
      code: "ErrorMethodNotAllowed",
    },
    "a path that leads nowhere": {
      piece: { url: "tasks" },
      status: 404,
      code: "RequestBroker-ParseUri",
    },
  };

  for (const [what, { piece, status, code }] of Object.entries(alone)) {
    it(`${what}: ${status} ${code}`, async () => {
      const fake = twoMailboxes();
      const response = await post(fake, [piece, read], {
        url: usersBatch,
        headers: { Prefer: "odata.continue-on-error" },
      });
      const [refused, passed] = await partsOf(response);
      expect(refused?.status).toBe(status);
      expect(JSON.parse(refused?.text ?? "")).toMatchObject({ error: { code } });
      expect(passed?.status).toBe(200);
    });
  }

  it("its own token counts, where the batch has another", async () => {
    const fake = twoMailboxes();
    const own = { ...read, headers: { Authorization: "Bearer rufus" } };
    expect(await statusesOf(await post(fake, [own, read]))).toEqual([200, 200]);
    expect(fake.ledger.entries.map(({ headers }) => headers["authorization"]))
      .toEqual(["Bearer rufus", "Bearer both"]);
  });
});
