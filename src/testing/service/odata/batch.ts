import {
  answerForm,
  type Batch,
  type BatchMember,
  type BatchOperation,
  continueOnErrorIn,
} from "../../http/batch.ts";
import { type Call, Refusal } from "../../http/http.ts";
import { type JsonRules, readJsonRequest } from "../../http/json_request.ts";
import { readMultipartRequest } from "../../http/multipart_request.ts";
import { referenceIn } from "./references.ts";

/** What one service takes in its batches. */
export interface BatchRules {
  readonly version: "2.0" | "3.0" | "4.0" | "4.01";
  readonly writes: "single" | "changeSet";
  readonly maxOperations: number;
  readonly changeSetsPerBatch: number;
}

const JSON_RULES: JsonRules = {
  code: "BadBatch",
  methods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
  idKey: (id) => id,
  takesPlainText: true,
  takesGroups: true,
};

/** A part must have none of them (OData 4.01 Protocol §11.7.7.1). */
const FORBIDDEN = ["authorization", "expect", "from", "max-forwards", "range", "te"];

/**
 * Reads a batch and holds it against the rules of OData (Protocol §11.7, JSON Format §19), and those of the service.
 *
 * @param root where the service is
 * @throws {Refusal} at the first breach; nothing of the batch runs then
 */
export function readODataBatch(call: Call, root: string, rules: BatchRules): Batch {
  const inJson = /^application\/json\s*(;|$)/i.test(call.headers["content-type"] ?? "");
  if (inJson && rules.version !== "4.01") {
    throw new Refusal(415, "BadBatch", "A batch must be multipart/mixed in this version.");
  }
  const members = inJson
    ? readJsonRequest(call.body, JSON_RULES)
    : readMultipart(call, rules.version);
  checkSize(members, rules);
  const operations = members.map((member) => operationOf(member, call.url, { root, inJson }));
  for (const [place, operation] of operations.entries()) {
    checkGroup(members[place]!, rules);
    checkReference(operation, { place, operations, root, inJson, version: rules.version });
  }
  return {
    operations,
    // The two forms differ in what silence means (OData 4.01 §11.7.7.4, JSON Format §19.4).
    continueOnError: continueOnErrorIn(call.headers) ?? inJson,
    answerAs: rules.version === "4.01" ? answerForm(call.headers["accept"], inJson) : "multipart",
  };
}

function readMultipart(call: Call, version: BatchRules["version"]): readonly BatchMember[] {
  const { members } = readMultipartRequest(call.headers["content-type"] ?? "", call.body);
  for (const { partHeaders, group, id } of members) {
    // Both were demanded once, and are not any more, or are now, and were not then.
    if (version < "4" && partHeaders["content-transfer-encoding"] === undefined) {
      throw refused("Every part must have the Content-Transfer-Encoding binary.");
    }
    if (version >= "4" && group !== undefined && id === undefined) {
      throw refused("Every request of a change set must have a Content-ID.");
    }
  }
  const ids = members.flatMap(({ id }) => id ?? []);
  if (new Set(ids).size < ids.length) throw refused("Every Content-ID must be unique.");
  return members;
}

function checkSize(
  members: readonly BatchMember[],
  { maxOperations, changeSetsPerBatch }: BatchRules,
): void {
  if (members.length === 0) throw refused("A batch must hold at least one request.");
  if (members.length > maxOperations) {
    throw refused(`A batch must hold at most ${maxOperations} requests, this one has too many.`);
  }
  const groups = new Set(members.flatMap(({ group }) => group ?? []));
  if (groups.size > changeSetsPerBatch) {
    throw refused(`A batch must hold at most ${changeSetsPerBatch} change sets.`);
  }
}

function checkGroup({ method, group }: BatchMember, { writes }: BatchRules): void {
  const isRead = method === "GET" || method === "HEAD";
  if (isRead && group !== undefined) throw refused("A group must hold no reads.");
  if (!isRead && group === undefined && writes === "changeSet") {
    throw refused("A write must stand in a change set: beside them a batch holds reads alone.");
  }
}

function operationOf(
  { url: written, headers, ...member }: BatchMember,
  batchUrl: URL,
  { root, inJson }: { readonly root: string; readonly inJson: boolean },
): BatchOperation {
  for (const name of FORBIDDEN) {
    if (headers[name] !== undefined) throw refused(`A request must not have the header ${name}.`);
  }
  if (!inJson && written.startsWith("/") && headers["host"] === undefined) {
    throw refused("A request for an absolute path must have a Host.");
  }
  let url: URL;
  try {
    url = new URL(written, batchUrl);
  } catch {
    throw refused(`The URL of ${written.length} characters cannot be read.`);
  }
  if (!url.href.startsWith(root) || (headers["host"] ?? url.host) !== url.host) {
    throw refused("A request must be for the service of the batch.");
  }
  if (/^\$batch\b/i.test(url.href.slice(root.length))) {
    throw refused("A batch must not stand in a batch.");
  }
  return { ...member, url, headers };
}

/** A request must wait for what it refers to, be it in its group, be it in front of it. */
function checkReference(operation: BatchOperation, scene: {
  readonly place: number;
  readonly operations: readonly BatchOperation[];
  readonly root: string;
  readonly inJson: boolean;
  readonly version: BatchRules["version"];
}): void {
  const id = referenceIn(operation, scene.root);
  if (id === undefined) return;
  const target = scene.operations.findIndex((other) => other.id === id);
  if (scene.inJson && !operation.dependsOn.includes(target)) {
    throw refused("A request must name in dependsOn what it refers to.");
  }
  const isInGroup = operation.group !== undefined &&
    scene.operations[target]?.group === operation.group;
  if (target < 0 || target >= scene.place || (scene.version !== "4.01" && !isInGroup)) {
    throw refused("A reference must be to a request in front of it, in its change set.");
  }
}

function refused(message: string): Refusal {
  return new Refusal(400, "BadBatch", message);
}
