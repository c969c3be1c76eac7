import { BatchError } from "../operation/errors.ts";
import { standInFor } from "../operation/identity.ts";
import { setHidden } from "../operation/inspected.ts";
import { type Links, linksIn } from "../operation/links.ts";
import type { Operation } from "../operation/operation.ts";
import type { OperationResponse } from "../operation/response.ts";
import type { StandardSchemaV1 } from "../operation/standard_schema.ts";

/** Those of answers that were read: a batcher that caches gives one again, and asks no schema. */
const kept = /* @__PURE__ */ new WeakMap<OperationResponse, Links>();

/**
 * One page, and where its answer says that the next one is. A schema may know nothing of links, and only who asks it has
 * the body as it came: whoever sends the page, whatever is rebuilt on the way, hands the body to the schema. So that which
 * is sent reads the links first.
 */
export class Page<T> {
  readonly operation: Operation<T>;
  /** Goes to the batcher in its place. */
  readonly sent: Operation<T>;
  #links: Links | undefined = undefined;

  constructor(operation: Operation<T>) {
    this.operation = operation;
    const { schema } = operation;
    this.sent = schema === undefined
      ? operation
      : standInFor(operation, { schema: this.#linksBefore(schema) });
  }

  /** Its answer, and the links in it: where no schema was asked, the body is as it came. */
  answered(response: OperationResponse<T>): { response: OperationResponse<T>; links: Links } {
    const links = this.#links ?? kept.get(response) ?? linksIn(response.body);
    kept.set(response, links);
    return { response: this.#ownOf(response), links };
  }

  /** Its error, which names the operation and not what went in its place; so do the errors that caused it. */
  failed(error: unknown): unknown {
    if (!(error instanceof BatchError) || error.operation !== this.sent) return error;
    const { operation } = this;
    setHidden(error, { operation });
    if ("response" in error && error.response !== undefined) {
      setHidden(error, { response: this.#ownOf(error.response) });
    }
    this.failed(error.cause);
    return error;
  }

  #ownOf<R extends OperationResponse>(response: R): R {
    const isOwn = response.operation !== this.sent || this.sent === this.operation;
    return isOwn ? response : { ...response, operation: this.operation };
  }

  #linksBefore(schema: StandardSchemaV1<unknown, T>): StandardSchemaV1<unknown, T> {
    const { version, vendor } = schema["~standard"];
    return {
      "~standard": {
        version,
        vendor,
        validate: (body) => {
          this.#links = linksIn(body);
          return schema["~standard"].validate(body);
        },
      },
    };
  }
}
