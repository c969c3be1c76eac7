import type { BatchOperation } from "../../http/batch.ts";
import { Refusal } from "../../http/http.ts";

/** Below the service root: `$`, an id, and what may follow; `$metadata` and its like are the service's own. */
const IN_URL = /^\$(?!(?:metadata|batch|entity|all|crossjoin)\b)([\w.~-]+)(?=[/?]|$)/;
/** A member of a body that names an entity, and names it by a reference. */
const IN_BODY = /("(?:[^"\\]*@odata\.bind|@(?:odata\.)?id)"\s*:\s*")\$([\w.~-]+)(?=["/])/g;

/** The id to whose answer the URL of an operation refers, if it does. */
export function referenceIn(
  { url }: Pick<BatchOperation, "url">,
  root: string,
): string | undefined {
  return url.href.startsWith(root) ? IN_URL.exec(url.href.slice(root.length))?.[1] : undefined;
}

/**
 * An operation with the URLs of what others have made in place of its references (OData 4.01 Protocol §11.7.4).
 *
 * @param made the URLs, by the ids of those who made them
 * @throws {Refusal} 400 when there is none for one of them
 */
export function dereferenced(
  operation: BatchOperation,
  made: ReadonlyMap<string, string>,
  root: string,
): BatchOperation {
  const id = referenceIn(operation, root);
  const rest = id === undefined ? "" : operation.url.href.slice(root.length + 1 + id.length);
  const url = id === undefined ? operation.url : new URL(urlOf(id, made) + rest);
  if (operation.body.length === 0) return { ...operation, url };
  const text = new TextDecoder().decode(operation.body);
  const told = text.replaceAll(
    IN_BODY,
    (_, before: string, of: string) => before + urlOf(of, made),
  );
  return told === text
    ? { ...operation, url }
    : { ...operation, url, body: new TextEncoder().encode(told) };
}

function urlOf(id: string, made: ReadonlyMap<string, string>): string {
  const url = made.get(id);
  if (url !== undefined) return url;
  throw new Refusal(400, "BadReference", `The reference $${id} leads to nothing in this batch.`);
}
