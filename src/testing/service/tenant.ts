import type { House } from "./dialect.ts";
import type { Answer } from "../http/http.ts";
import { answerOf, type ResourceCall } from "../store/resource_call.ts";
import { Routes } from "../http/routes.ts";

type TenantHandler = (call: ResourceCall, house: House) => Answer;

/** What belongs to nobody in particular. */
const ROUTES = new Routes<TenantHandler>({
  "users": { GET: listUsers },
  "users/$count": { GET: countUsers },
});

/** @throws {Refusal} 404 for a path, 405 for a method that is not offered */
export function serveTenant(call: ResourceCall, house: House): Answer {
  return ROUTES.find(call.call.method, call.path).handler(call, house);
}

function listUsers(call: ResourceCall, { store }: House): Answer {
  const { property } = call.vocabulary;
  const value = store.addresses().map((address) => ({
    [property("Id")]: store.find(address)?.id,
    [property("UserPrincipalName")]: address,
  }));
  return answerOf(call, 200, { "@odata.context": `${call.root}$metadata#users`, value });
}

function countUsers(_call: ResourceCall, { store }: House): Answer {
  return {
    status: 200,
    headers: { "Content-Type": "text/plain; charset=utf-8" },
    body: String(store.addresses().length),
  };
}
