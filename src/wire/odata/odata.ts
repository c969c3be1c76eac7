import { kindOf } from "../../operation/check/kind.ts";
import { checkOptionNames } from "../../options/names.ts";
import type { Wire } from "../wire.ts";
import { JsonODataWire } from "./json.ts";
import { MultipartODataWire } from "./multipart.ts";
import { type ODataOptions, ownNames } from "./options.ts";

export type { ODataOptions } from "./options.ts";

/**
 * The dialect of OData services in general.
 *
 * @param options where the service is, and how batches are written
 * @returns the wire
 * @throws {TypeError} when an option is of the wrong type or form, or has a name that nobody reads
 * @throws {RangeError} when a number is out of range
 *
 * @example Decorated: a lane for each collection
 * ```ts
 * import { createBatcher, get, odataWire, type Wire } from "@rxbatch/rxbatch";
 * import { firstValueFrom } from "rxjs";
 *
 * const plain = odataWire({ baseUrl: "https://services.example.com/odata/" });
 * const wire: Wire = {
 *   name: plain.name,
 *   maxBatchSize: plain.maxBatchSize,
 *   frameBytes: plain.frameBytes,
 *   order: plain.order,
 *   contextOf(operation) {
 *     const context = plain.contextOf(operation);
 *     const collection = operation.url.split(/[(?/]/)[0]!;
 *     return { ...context, key: JSON.stringify([context.key, collection]), name: collection };
 *   },
 *   encodeOne: (operation, context) => plain.encodeOne(operation, context),
 *   encode: (operations, context, shape, headers) =>
 *     plain.encode(operations, context, shape, headers),
 *   decoder: (head, operations) => plain.decoder(head, operations),
 * };
 *
 * const batcher = createBatcher(wire, {
 *   transport: ({ url }) => {
 *     console.log(url); // https://services.example.com/odata/$batch
 *     return Promise.resolve({ status: 501, headers: {}, body: [] });
 *   },
 * });
 * await firstValueFrom(batcher.send(get("Orders(7)"))).catch(({ status }) => console.log(status)); // 501
 * ```
 */
export function odataWire(options: ODataOptions): Wire {
  checkOptionNames(options, ownNames());
  const { format = "multipart" } = options;
  if (format === "multipart") return new MultipartODataWire(options);
  if (format === "json") return new JsonODataWire(options);
  throw new TypeError(
    `Cannot use option format as it must be "json" or "multipart": current value is ${
      kindOf(format)
    }`,
  );
}
