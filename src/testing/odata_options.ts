import type { ServerOptions } from "./options.ts";
import type { Item } from "./store/store.ts";

/** What an entity set holds at first. */
export interface EntitySetSeed {
  /**
   * The property that is the key; an entity that is created without one gets the next number.
   *
   * @default "Id"
   */
  readonly key?: string | undefined;
  /**
   * A number of made-up entities, or the entities themselves.
   *
   * @default 5
   */
  readonly items?: number | readonly Item[] | undefined;
}

/** How a fake OData service behaves. */
export interface FakeODataOptions extends ServerOptions {
  /**
   * Entity sets by name. `Customers(7)/Orders` are those Orders whose `CustomerId` is 7.
   *
   * @default { Customers: {}, Orders: {} }
   */
  readonly entitySets?: Readonly<Record<string, EntitySetSeed>> | undefined;
  /**
   * Batches in JSON are taken by 4.01 alone. Versions 2 and 3 have `MERGE`, answer a batch with 202, and write JSON in
   * their own way.
   *
   * @default "4.01"
   */
  readonly version?: "2.0" | "3.0" | "4.0" | "4.01" | undefined;
  /**
   * `changeSet`: a write that stands in a batch by itself has the whole batch refused, as many services of version 2 and 3
   * do (protocol G).
   *
   * @default "single"
   */
  readonly writes?: "single" | "changeSet" | undefined;
  /**
   * Is a group undone when one of its members fails? SharePoint does not, and answers each member by itself.
   *
   * @default true
   */
  readonly rollsBack?: boolean | undefined;
  /**
   * How a group that failed is answered in multipart: with one part, or with one that nests the error, as ASP.NET does.
   *
   * @default "part"
   */
  readonly failedGroup?: "part" | "nested" | undefined;
  /**
   * The most operations of a batch.
   *
   * @default 1000
   */
  readonly maxOperations?: number | undefined;
  /**
   * The most change sets of a batch: 1 is that of Azure Tables.
   *
   * @default any number
   */
  readonly changeSetsPerBatch?: number | undefined;
  /**
   * Wants an `X-CSRF-Token` on each batch and on each write outside of one, and changes it after so many batches. A GET
   * or HEAD with `X-CSRF-Token: Fetch` is told it; anything else is refused with 403 and `X-CSRF-Token: Required`.
   *
   * @default no token is wanted
   */
  readonly csrfBatches?: number | undefined;
  /**
   * The most entities of one page.
   *
   * @default 100
   */
  readonly pageSize?: number | undefined;
  /**
   * The bearer token that opens the service.
   *
   * @default "fake-token"
   */
  readonly token?: string | undefined;
  /**
   * How long the service works on one operation.
   *
   * @default 0 (milliseconds)
   */
  readonly workMs?: number | undefined;
  /**
   * Do multipart answers give the Content-ID of a request back, as version 4 demands (OData 4.01 Protocol §11.7.7.4)?
   *
   * @default true
   */
  readonly echoContentId?: boolean | undefined;
}
