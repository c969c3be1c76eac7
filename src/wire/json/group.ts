import { utf8Length } from "../../mime/utf8.ts";
import type { AtomicOperation } from "../../operation/atomic.ts";
import type { JsonItem, JsonRequest } from "../json_request.ts";

/** What may be a reference: in a URL, in a header such as If-Match, or in a body. */
const REFERENCES = /\$(\d{1,16})(?!\d)/g;

/** A member, and the ids of those before it to whose answers it refers. */
interface Member {
  readonly request: JsonRequest;
  readonly targets: readonly string[];
}

/**
 * A group as an `atomicityGroup`: its members stand next to each other. A service may run them side by side but for those
 * that say what they depend on (OData 4.01 JSON Format §19.4).
 */
export class JsonGroup implements JsonItem {
  declare readonly operation: AtomicOperation;
  readonly changeSets = 1;
  declare readonly bytes: number;
  readonly #members: readonly Member[];

  constructor(operation: AtomicOperation, members: readonly JsonRequest[]) {
    this.operation = operation;
    const before = new Set<string>();
    this.#members = members.map((request) => {
      const found = Array.from(request.text.matchAll(REFERENCES), ([, target]) => target!);
      const targets = [...new Set(found)].filter((target) => before.has(target));
      before.add(request.ownId);
      return { request, targets };
    });
    // As long an id as its own stands for the one that it may have to wait for.
    const longest = operation.dependsOn.length === 0 ? undefined : this.ownId;
    this.bytes = utf8Length(this.written("", longest)) + ",".length;
  }

  get ownId(): string {
    return `g${this.operation.id}`;
  }

  /** Ids are its members', whatever its place; what it waits for, each of them waits for. */
  written(_id: string, before: string | undefined): string {
    const outside = before === undefined ? [] : [before];
    return this.#members.map(({ request, targets }) =>
      request.writtenIn(this.ownId, [...outside, ...targets])
    ).join(",");
  }
}
