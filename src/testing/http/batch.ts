import { setField } from "../../operation/headers.ts";
import type { Call, HeaderRecord } from "./http.ts";

/** One operation as it stands in a batch request, its URL not yet resolved. */
export interface BatchMember {
  /** As written. */
  readonly method: string;
  /** As written: absolute, relative to the host, or relative to the batch. */
  readonly url: string;
  /** Its own, names in lower case. */
  readonly headers: HeaderRecord;
  /** Empty when there is none. */
  readonly body: Uint8Array;
  /** Its Content-ID, or its JSON `id`. */
  readonly id: string | undefined;
  /** The places of what must have succeeded first; each is smaller than its own. */
  readonly dependsOn: readonly number[];
  /** Which change set or atomicity group it stands in; its members stand next to each other. */
  readonly group: string | undefined;
}

/** A batch that has been read and judged. */
export interface Batch {
  /** In request order. */
  readonly operations: readonly BatchOperation[];
  readonly continueOnError: boolean;
  /** How the client wants the answer. */
  readonly answerAs: "multipart" | "json";
}

/** An operation ready to be carried out. */
export interface BatchOperation extends Call {
  readonly id: string | undefined;
  readonly dependsOn: readonly number[];
  /** Carried out with the others of its group, or not at all; `undefined`: by itself. */
  readonly group?: string | undefined;
}

/** Headers of a batch hold for its operations, but for those that speak of its own body (protocol A1.17, A1.18). */
export function inherited(outer: HeaderRecord, own: HeaderRecord): HeaderRecord {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(outer)) {
    if (!name.startsWith("content-") && name !== "transfer-encoding") {
      setField(headers, name, value);
    }
  }
  return { ...headers, ...own };
}

/** `true` or `false` where the client states it (OData 4.01 §8.2.8.3, and its 4.0 name), else `undefined`. */
export function continueOnErrorIn(headers: HeaderRecord): boolean | undefined {
  const match = /(?:^|,)\s*(?:odata\.)?continue-on-error\s*(?:=\s*"?(\w+)"?\s*)?(?:[;,]|$)/i.exec(
    headers["prefer"] ?? "",
  );
  return match === null ? undefined : match[1]?.toLowerCase() !== "false";
}

/** What the client likes best; without a wish, the form in which it asked (OData 4.01 §11.7.1). */
export function answerForm(accept: string | undefined, inJson: boolean): "multipart" | "json" {
  const weights = { multipart: 0, json: 0 };
  for (const range of accept?.split(",") ?? []) {
    const weight = Number(/;\s*q=([\d.]+)/i.exec(range)?.[1] ?? 1);
    if (/^\s*multipart\/mixed\b/i.test(range)) weights.multipart = weight;
    if (/^\s*application\/json\b/i.test(range)) weights.json = weight;
  }
  if (weights.multipart === weights.json) return inJson ? "json" : "multipart";
  return weights.multipart > weights.json ? "multipart" : "json";
}
