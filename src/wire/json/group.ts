import { utf8Length } from "../../mime/utf8.ts";
import type { AtomicOperation } from "../../operation/atomic.ts";
import type { JsonItem, JsonRequest } from "../json_request.ts";

/** What may be a reference: in a URL, in a header such as If-Match, or in a body. */
const REFERENCES = /\$(\d{1,16})(?!\d)/g;

/**
 * A group as an `atomicityGroup`: its members stand next to each other. A service may run them side by side but for those
 * that say what they depend on (OData 4.01 JSON Format §19.4).
 */
export class JsonGroup implements JsonItem {
  declare readonly operation: AtomicOperation;
  readonly changeSets = 1;
  declare readonly bytes: number;
  /** Each member, with its own id, its group, and those to whose answers it refers. */
  readonly #text: string;

  constructor(operation: AtomicOperation, members: readonly JsonRequest[]) {
    this.operation = operation;
    const before = new Set<string>();
    this.#text = members.map((member) => {
      const found = Array.from(member.text.matchAll(REFERENCES), ([, target]) => target!);
      const targets = [...new Set(found)].filter((target) => before.has(target));
      const needs = targets.length === 0 ? "" : `"dependsOn":["${targets.join('","')}"],`;
      before.add(member.ownId);
      return member.written(member.ownId, `"atomicityGroup":"${this.ownId}",${needs}`);
    }).join(",");
    this.bytes = utf8Length(this.#text) + ",".length;
  }

  get ownId(): string {
    return `g${this.operation.id}`;
  }

  /** Whatever its place: ids are its members', and what they need is among them. */
  written(): string {
    return this.#text;
  }
}
