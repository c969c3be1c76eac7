import type { Batch, BatchMember } from "../../http/batch.ts";
import { type Call, Refusal } from "../../http/http.ts";
import { type JsonRules, readJsonRequest } from "../../http/json_request.ts";

/** Protocol C2. */
const MAX_REQUESTS = 20;

/** Ids are compared without their letter case, and all that is no JSON is base64. */
const RULES: JsonRules = {
  code: "BadRequest",
  methods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
  idKey: (id) => id.toLowerCase(),
  takesPlainText: false,
  takesGroups: false,
};

/**
 * Reads a batch and holds it against every rule that Graph documents (protocol C2).
 *
 * @throws {Refusal} 400 at the first breach; nothing of the batch runs then
 */
export function readGraphBatch(call: Call): Batch {
  const type = call.headers["content-type"] ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw refused("The Content-Type of a batch must be application/json.");
  }
  const members = readJsonRequest(call.body, RULES);
  if (members.length === 0) throw refused("A batch must hold at least one request.");
  if (members.length > MAX_REQUESTS) {
    throw refused("Number of requests inside batch exceed the limit.");
  }
  for (const member of members) checkWrite(member);
  checkShape(members);
  return {
    operations: members.map(({ url, headers, ...member }) => ({
      ...member,
      url: resolved(url, call.url),
      // Nothing else of the batch holds for its requests.
      headers: { ...headers, authorization: call.headers["authorization"] ?? "" },
    })),
    continueOnError: true,
    answerAs: "json",
  };
}

function checkWrite({ method, headers, body, id }: BatchMember): void {
  if (method === "GET" || method === "DELETE") return;
  if (headers["content-type"] !== undefined && body.length > 0) return;
  throw refused(`Write request id : ${id} does not contain Content-Type header or body.`);
}

/** All side by side, each after the one before it, or all after the first. */
function checkShape(members: readonly BatchMember[]): void {
  const after = members.slice(1).map(({ dependsOn }) => dependsOn);
  const isParallel = after.every((earlier) => earlier.length === 0);
  const isChain = after.every((earlier, at) => earlier.length === 1 && earlier[0] === at);
  const isStar = after.every((earlier) => earlier.length === 1 && earlier[0] === 0);
  if (isParallel || isChain || isStar) return;
  throw refused("A batch must be fully sequential or fully parallel.");
}

function resolved(url: string, batchUrl: URL): URL {
  if (/^(?:[a-z][a-z\d+.-]*:)?\/\//i.test(url)) {
    throw refused("The url of a request must be relative to the version of the batch.");
  }
  const root = batchUrl.href.slice(0, -"$batch".length - batchUrl.search.length);
  const target = new URL(root + url.replace(/^\//, ""));
  if (/\/\$batch$/i.test(target.pathname)) {
    throw refused("A batch must not stand in a batch.");
  }
  return target;
}

function refused(message: string): Refusal {
  return new Refusal(400, "BadRequest", message);
}
