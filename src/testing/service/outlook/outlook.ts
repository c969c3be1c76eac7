import { ODATA_FORM } from "../../http/batch_answer.ts";
import type { House, MailDialect } from "../dialect.ts";
import { type Answer, type Call, Refusal } from "../../http/http.ts";
import { seededMailbox } from "../../store/mailbox_seed.ts";
import { openMailbox } from "./access.ts";
import { readOutlookBatch } from "./batch.ts";
import { isBatchPath, targetOf } from "./target.ts";
import { shown, type Vocabulary } from "../../store/resource_call.ts";
import { TITLES } from "../../store/resource_place.ts";
import { serveResource } from "../../store/resources.ts";
import type { Mailbox } from "../../store/store.ts";

const vocabulary: Vocabulary = {
  property: (name) => name,
  word: (word) => word,
  expands: false,
  addressNames: ["EmailAddress"],
  mediaType:
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
};

/** Outlook REST v2.0 and beta, as documented before they were switched off. */
export const outlookDialect: MailDialect = {
  baseUrl: "https://outlook.office.com/api/v2.0/",
  atOnce: 1,
  mailboxConcurrency: Infinity,
  jsonForm: ODATA_FORM,
  baseUrlAt: (origin) => `${origin}/api/v2.0/`,
  createMailbox: (address, seed, options) =>
    seededMailbox(address, seed, { ...options, vocabulary }),
  show(mailbox, collection) {
    const title = TITLES[collection.toLowerCase()];
    if (title === undefined) return undefined;
    const place = { mailbox, root: this.baseUrl, vocabulary };
    return mailbox.collection(title.toLowerCase()).list().map((item) => shown(place, title, item));
  },
  isBatch: ({ url }) => /\/\$batch$/i.test(url.pathname),
  admit,
  readBatch: readOutlookBatch,
  mailboxOf: (_operation, _house, admitted) => admitted,
  carryOut,
};

function admit(call: Call, house: House): Mailbox {
  const { version, context, path } = targetOf(call.url);
  const mailbox = openMailbox(call, context, house);
  if (isBatchPath(path)) {
    if (path.length > 1 || (context === undefined && version !== "beta")) {
      throw new Refusal(
        404,
        "ErrorInvalidUrl",
        "A batch is posted to me/$batch or users('x')/$batch; in beta also to $batch.",
      );
    }
    if (call.method !== "POST") {
      throw new Refusal(405, "ErrorMethodNotAllowed", "A batch must be posted.", { Allow: "POST" });
    }
  } else if (context === undefined) {
    throw new Refusal(404, "ErrorInvalidUrl", "A URL must lead to 'me' or to a user.");
  }
  return mailbox;
}

function carryOut(call: Call, house: House): Answer {
  const mailbox = admit(call, house);
  const { version, path } = targetOf(call.url);
  const root = `${call.url.origin}/api/${version}/`;
  const answer = serveResource({ call, mailbox, path, root, now: house.now(), vocabulary });
  return call.method === "HEAD" ? { ...answer, body: undefined } : answer;
}
