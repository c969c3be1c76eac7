import { base64Of, type JsonForm } from "../../http/batch_answer.ts";
import type { BatchOperation } from "../../http/batch.ts";
import type { House, MailDialect } from "../dialect.ts";
import { readGraphBatch } from "./batch.ts";
import { graphTargetOf } from "./target.ts";
import { type Answer, type Call, Refusal } from "../../http/http.ts";
import { deltaPlaceOf, serveDelta } from "../../store/delta.ts";
import { serveDrive } from "../../store/drive.ts";
import { seededMailbox } from "../../store/mailbox_seed.ts";
import { openMailbox } from "../outlook/access.ts";
import { type ResourceCall, shown, type Vocabulary } from "../../store/resource_call.ts";
import { TITLES } from "../../store/resource_place.ts";
import { serveResource } from "../../store/resources.ts";
import type { Mailbox } from "../../store/store.ts";
import { serveTenant } from "../tenant.ts";

const BASE_URL = "https://graph.microsoft.com/v1.0/";

const vocabulary: Vocabulary = {
  property: (name) => name.charAt(0).toLowerCase() + name.slice(1),
  // `HTML` is `html` there
  word: (word) =>
    word === word.toUpperCase() ? word.toLowerCase() : word.charAt(0).toLowerCase() + word.slice(1),
  expands: true,
  addressNames: ["mail", "userPrincipalName"],
  mediaType:
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
};

/** Title case, and base64 for whatever is no JSON, text too. */
const jsonForm: JsonForm = {
  headerName: (name) => name,
  foreignBody: base64Of,
};

/** Microsoft Graph, v1.0 and beta: what it documents of mailboxes, batches and their limits (protocol C2, C3). */
export const graphDialect: MailDialect = {
  baseUrl: BASE_URL,
  atOnce: 4,
  mailboxConcurrency: 4,
  jsonForm,
  baseUrlAt: (origin) => `${origin}/v1.0/`,
  createMailbox: (address, seed, options) =>
    seededMailbox(address, seed, { ...options, vocabulary }),
  show(mailbox, collection) {
    const title = TITLES[collection.toLowerCase()];
    if (title === undefined) return undefined;
    const place = { mailbox, root: BASE_URL, vocabulary };
    return mailbox.collection(title.toLowerCase()).list().map((item) => shown(place, title, item));
  },
  isBatch: ({ url }) => /\/\$batch$/i.test(url.pathname),
  admit,
  readBatch: readGraphBatch,
  mailboxOf,
  loadOf,
  carryOut,
};

function admit(call: Call, house: House): Mailbox {
  const { owner, path } = graphTargetOf(call.url);
  const context = owner?.user === undefined
    ? undefined
    : { spelling: "users/x", user: owner.user } as const;
  const mailbox = openMailbox(call, context, house);
  if (path.at(-1)?.toLowerCase() !== "$batch") return mailbox;
  if (owner !== undefined || path.length > 1) {
    throw new Refusal(404, "ResourceNotFound", "A batch is posted to $batch below the version.");
  }
  if (call.method !== "POST") {
    throw new Refusal(405, "Request_BadRequest", "A batch must be posted.", { Allow: "POST" });
  }
  return mailbox;
}

/** What belongs to the tenant, or leads nowhere, keeps no mailbox busy. */
function mailboxOf(operation: BatchOperation, house: House): string {
  try {
    const { owner } = graphTargetOf(operation.url);
    return owner === undefined ? "tenant" : admit(operation, house).address;
  } catch (error) {
    if (error instanceof Refusal) return "";
    throw error;
  }
}

/** Files have limits of their own: who is over them there is not over those of the mail. */
function loadOf({ url }: BatchOperation, mailbox: string): string {
  return isOfDrive(graphTargetOf(url).path) ? `${mailbox} files` : mailbox;
}

function isOfDrive([first = ""]: readonly string[]): boolean {
  return first.toLowerCase() === "drive";
}

function carryOut(call: Call, house: House): Answer {
  const { version, owner, path } = graphTargetOf(call.url);
  const resource: ResourceCall = {
    call,
    mailbox: admit(call, house),
    path,
    root: `${call.url.origin}/${version}/`,
    now: house.now(),
    vocabulary,
  };
  if (owner === undefined) return serveTenant(resource, house);
  const delta = call.method === "GET" ? deltaPlaceOf(path) : undefined;
  if (delta !== undefined) return serveDelta(resource, delta);
  return isOfDrive(path) ? serveDrive(resource) : serveResource(resource);
}
