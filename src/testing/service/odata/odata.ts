import { ODATA_FORM } from "../../http/batch_answer.ts";
import { type Answer, type Call, Refusal } from "../../http/http.ts";
import { segmentsIn } from "../../http/routes.ts";
import type { FakeODataOptions } from "../../odata_options.ts";
import type { Entities } from "../../store/entity/entities.ts";
import { type EntityForm, FORM_2, FORM_3, formOf4 } from "../../store/entity/form.ts";
import { serveEntities } from "../../store/entity/resource.ts";
import type { Dialect } from "../dialect.ts";
import { type BatchRules, readODataBatch } from "./batch.ts";
import type { CsrfTokens } from "./csrf.ts";
import { dereferenced } from "./references.ts";

const PATH = "/odata/";
const BASE_URL = `https://services.example.com${PATH}`;
/** There are no mailboxes here, but one service. */
const SERVICE = { address: "service" };

/** What is kept between calls. */
export interface ODataState {
  readonly entities: Entities;
  /** Which tokens open the service. */
  readonly token: string;
  readonly csrf: CsrfTokens | undefined;
}

/** One OData service. */
export function odataDialect(options: FakeODataOptions, state: ODataState): Dialect {
  const { version = "4.01", writes = "single", rollsBack = true, pageSize = 100 } = options;
  const { maxOperations = 1000, changeSetsPerBatch = Infinity } = options;
  const rules: BatchRules = { version, writes, maxOperations, changeSetsPerBatch };
  const form = formOf(version);
  const { entities, csrf } = state;
  const refuse = (refusal: Refusal): Answer => ({
    status: refusal.status,
    headers: { ...form.headers, ...refusal.headers },
    body: JSON.stringify(form.error(refusal)),
  });
  return {
    baseUrl: BASE_URL,
    atOnce: 1,
    mailboxConcurrency: Infinity,
    jsonForm: ODATA_FORM,
    batchStatus: version < "4" ? 202 : 200,
    nestsFailure: options.failedGroup === "nested",
    baseUrlAt: (origin) => origin + PATH,
    isBatch: ({ url }) => url.pathname === `${PATH}$batch`,
    admit(call) {
      admit(call, state, this.isBatch(call));
      return SERVICE;
    },
    readBatch: (call) => readODataBatch(call, rootOf(call), rules),
    mailboxOf: () => SERVICE.address,
    carryOut(call) {
      if (!takes(version, call.method)) {
        throw new Refusal(405, "MethodNotAllowed", "This version has no such method.");
      }
      const path = segmentsIn(call.url.pathname.slice(PATH.length));
      const entityCall = { call, entities, form, root: rootOf(call), path, pageSize };
      const answer = serveEntities(entityCall);
      return { ...answer, headers: { ...answer.headers, ...csrf?.told(call) } };
    },
    refer: (operation, made) => dereferenced(operation, made, rootOf(operation)),
    refuse,
    ...(rollsBack ? { begin: () => entities.begin() } : {}),
  };
}

/** @throws {Refusal} 401, 403, 404 or 405 */
function admit(call: Call, { token, csrf }: ODataState, isBatch: boolean): void {
  if (call.headers["authorization"] !== `Bearer ${token}`) {
    throw new Refusal(401, "Unauthorized", "The request must carry the bearer token.", {
      "WWW-Authenticate": "Bearer",
    });
  }
  if (!call.url.pathname.startsWith(PATH)) {
    throw new Refusal(404, "ResourceNotFound", `This server serves ${PATH}.`);
  }
  if (isBatch && call.method !== "POST") {
    throw new Refusal(405, "MethodNotAllowed", "A batch must be posted.", { Allow: "POST" });
  }
  if (call.method === "GET" || call.method === "HEAD") return;
  csrf?.check(call);
  if (isBatch) csrf?.count();
}

function rootOf({ url }: Call): string {
  return url.origin + PATH;
}

function formOf(version: BatchRules["version"]): EntityForm {
  if (version === "2.0") return FORM_2;
  return version === "3.0" ? FORM_3 : formOf4(version);
}

/** MERGE became PATCH: version 2 knows the one, version 4 the other, and version 3 both. */
function takes(version: BatchRules["version"], method: string): boolean {
  if (method === "MERGE") return version < "4";
  return method !== "PATCH" || version > "2.0";
}
