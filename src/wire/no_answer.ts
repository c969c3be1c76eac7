import type { Fields } from "../mime/http/head_scanner.ts";
import { DecodeError } from "../operation/errors.ts";
import type { Operation } from "../operation/operation.ts";
import type { Part } from "./wire.ts";

/** A place that holds several answers, or none. */
export class NoAnswer implements Part {
  declare readonly index: number | undefined;
  declare readonly innerIndex: number | undefined;
  declare readonly members: readonly Part[];
  readonly status = 0;
  readonly headers: Fields = {};

  constructor(index: number | undefined, members: readonly Part[]) {
    this.index = index;
    this.members = members;
    const [first, ...others] = members.map(({ innerIndex }) => innerIndex);
    this.innerIndex = others.every((other) => other === first) ? first : undefined;
  }

  readBody(operation: Operation): never {
    throw new DecodeError(
      `Cannot read a part as it must hold one answer: current value is ${this.members.length}`,
      { operation },
    );
  }
}
