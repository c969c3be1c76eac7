import { referenceIn } from "../../operation/ref.ts";
import type { WireCall } from "./call.ts";

/** Where OData resolves a reference in a body: `Customer@odata.bind`, `@odata.id`, and the same without the prefix. */
const BODY_REFERENCE = /("[^"\\]*@(?:odata\.)?(?:bind|id)"\s*:\s*"\$)(\d{1,16})(?=["/(?])/g;

/** A call of a group, with what it refers to by the numbers that the members have on the runner. */
export function withReferences(call: WireCall, idOf: ReadonlyMap<number, number>): WireCall {
  const target = idOf.get(referenceIn(call.url) ?? -1);
  const url = target === undefined ? call.url : call.url.replace(/\$\d+/, `$$${target}`);
  if (call.body === undefined || !("text" in call.body)) return { ...call, url };
  const text = call.body.text.replace(
    BODY_REFERENCE,
    (all, head: string, id: string) =>
      idOf.has(Number(id)) ? `${head}${idOf.get(Number(id))}` : all,
  );
  return { ...call, url, body: { text } };
}
