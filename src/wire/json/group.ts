import { utf8Length } from "../../mime/utf8.ts";
import type { AtomicOperation } from "../../operation/atomic.ts";
import type { Operation } from "../../operation/operation.ts";
import type { EncodedOperation } from "../wire.ts";

/** A member as it is written, but for what depends on its group. */
interface Member {
  readonly operation: Operation;
  /** Everything behind `id` and `dependsOn`. */
  readonly text: string;
}

/** What may be a reference: in a URL, in a header such as If-Match, or in a body. */
const REFERENCES = /\$(\d{1,16})(?!\d)/g;

/**
 * A group as an `atomicityGroup`: its members stand next to each other. A service may run them side by side but for those
 * that say what they depend on (OData 4.01 JSON Format §19.4).
 */
export class JsonGroup implements EncodedOperation {
  declare readonly operation: AtomicOperation;
  declare readonly members: readonly Member[];
  readonly changeSets = 1;
  declare readonly bytes: number;
  /** Each member, with its own id, its group, and those to whose answers it refers. */
  declare readonly text: string;

  constructor(operation: AtomicOperation, members: readonly Member[]) {
    this.operation = operation;
    this.members = members;
    const before = new Set<string>();
    this.text = members.map((member) => {
      const id = String(member.operation.id);
      const found = Array.from(member.text.matchAll(REFERENCES), ([, target]) => target!);
      const targets = [...new Set(found)].filter((target) => before.has(target));
      const needs = targets.length === 0 ? "" : `"dependsOn":["${targets.join('","')}"],`;
      before.add(id);
      return `{"id":"${id}","atomicityGroup":"g${operation.id}",${needs}${member.text}`;
    }).join(",");
    this.bytes = utf8Length(this.text) + ",".length;
  }
}
