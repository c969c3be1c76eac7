import {
  answerForm,
  type Batch,
  type BatchMember,
  type BatchOperation,
  continueOnErrorIn,
  inherited,
} from "../../http/batch.ts";
import type { House } from "../dialect.ts";
import { type Call, Refusal } from "../../http/http.ts";
import { readJsonRequest } from "../../http/json_request.ts";
import { readMultipartRequest } from "../../http/multipart_request.ts";
import { bearerIn, openMailbox } from "./access.ts";
import { isBatchPath, type OutlookTarget, targetOf } from "./target.ts";
import type { Mailbox } from "../../store/store.ts";

/** Outlook documents this number for both versions. */
const MAX_OPERATIONS = 20;

/**
 * Reads a batch and holds it against every rule that Outlook documents (protocol A1). Which codes Outlook itself gave is
 * not known any more; these say what is wrong.
 *
 * @throws {Refusal} at the first breach; nothing of the batch runs then
 */
export function readOutlookBatch(call: Call, house: House): Batch {
  const target = targetOf(call.url);
  const inJson = isJson(call.headers["content-type"]);
  const members = inJson ? readJsonRequest(call.body) : readMembers(call);
  if (members.length === 0) {
    throw refused("Empty", "A batch must hold at least one operation.");
  }
  if (members.length > MAX_OPERATIONS) {
    throw refused(
      "TooManyOperations",
      `A batch must hold at most ${MAX_OPERATIONS} operations; this one holds ${members.length}.`,
    );
  }
  checkIds(members);
  const judged = judgement(call, target, openMailbox(call, target.context, house), house);
  return {
    operations: members.map(judged),
    // The two forms differ in what silence means (OData 4.01 §11.7.7.4, JSON Format §19.4).
    continueOnError: continueOnErrorIn(call.headers) ?? inJson,
    answerAs: answerForm(call.headers["accept"], inJson),
  };
}

/** What only Outlook asks of a multipart batch: A1.23, A1.26 with A5; it documents no change sets. */
function readMembers(call: Call): readonly BatchMember[] {
  const { members, closedBy } = readMultipartRequest(
    call.headers["content-type"] ?? "",
    call.body,
  );
  if (closedBy !== "crlf") {
    throw refused(
      "MissingFinalNewLine",
      "CR and LF must follow the last delimiter: without them Outlook took it for a piece of the last body.",
    );
  }
  for (const { group, partHeaders } of members) {
    if (group !== undefined) {
      throw refused("ChangeSet", "A batch must hold operations only: change sets are not offered.");
    }
    if (partHeaders["content-transfer-encoding"] === undefined) {
      throw refused(
        "PartTransferEncoding",
        "Every part must have the Content-Transfer-Encoding binary.",
      );
    }
  }
  return members;
}

function checkIds(members: readonly BatchMember[]): void {
  const ids = members.flatMap(({ id }) => id ?? []);
  if (new Set(ids).size < ids.length) {
    throw refused("ContentId", "Every Content-ID must be unique in its batch.");
  }
}

/** Holds each operation's URL against that of the batch, and against those before it (A1.5 to A1.10, A1.14). */
function judgement(
  call: Call,
  batch: OutlookTarget,
  mailbox: Mailbox,
  house: House,
): (member: BatchMember) => BatchOperation {
  let context = batch.context;
  return ({ method, url: written, headers: own, body, id, dependsOn }) => {
    const url = resolved(written, call.url);
    const headers = inherited(call.headers, own);
    if (url.origin !== call.url.origin || (own["host"] ?? url.host) !== url.host) {
      throw refused("HostMismatch", "Every operation must be for the host of the batch.");
    }
    const target = targetOf(url);
    if (target.version !== batch.version) {
      throw refused("VersionMismatch", "Every operation must be for the version of the batch.");
    }
    if (isBatchPath(target.path)) throw refused("Nested", "A batch must not stand in a batch.");
    if (target.context === undefined) {
      throw refused("Context", "Every operation must be for 'me' or a user.");
    }
    context ??= target.context;
    if (meansAnother(mailbox, headers["authorization"], target, house)) {
      throw refused("MailboxMismatch", "Every operation must be for the mailbox of the batch.");
    }
    if (target.context.spelling !== context.spelling || target.context.user !== context.user) {
      throw refused("UserSpelling", "A batch must spell its user in one way.");
    }
    return { method, url, headers, body, id, dependsOn };
  };
}

function resolved(written: string, batchUrl: URL): URL {
  try {
    return new URL(written, batchUrl);
  } catch {
    throw refused("Url", `The URL of ${written.length} characters cannot be read.`);
  }
}

/** Whom `me` means depends on the operation's token; one that opens nothing fails alone, when its turn comes. */
function meansAnother(
  mailbox: Mailbox,
  authorization: string | undefined,
  { context }: OutlookTarget,
  { store, tokens }: House,
): boolean {
  if (context?.user !== undefined) return store.find(context.user) !== mailbox;
  const [me] = tokens.get(bearerIn(authorization) ?? "") ?? [];
  return me !== undefined && store.find(me) !== mailbox;
}

function isJson(mediaType: string | undefined): boolean {
  return /^application\/json\s*(;|$)/i.test(mediaType ?? "");
}

function refused(what: string, message: string): Refusal {
  return new Refusal(400, `ErrorBatch${what}`, message);
}
