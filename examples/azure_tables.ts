/**
 * A wire for Azure Table Storage, which speaks OData 3 with rules of its own: a batch is one change set or one read, and a
 * change set stays in one partition. So each partition is a lane, and `atomic([...])` takes up to 100 writes of it.
 */
import { type EncodedOperation, odataWire, type Operation, type Wire } from "@rxbatch/rxbatch";

/** Where the tables are. */
export interface TablesAccount {
  /** `https://contoso.table.core.windows.net/`; URLs of operations begin with it, as Azure wants them absolute. */
  readonly url: string;
  /** A shared access signature: it opens the batch, and is not repeated in its parts. */
  readonly sas: string;
}

/** Counts as the one change set of its batch, whatever it is. */
interface Alone extends EncodedOperation {
  readonly inner: EncodedOperation;
}

/** The wire, for `createBatcher` and `batch`. */
export function azureTablesWire({ url, sas }: TablesAccount): Wire {
  const plain = odataWire({
    baseUrl: `${url}?${sas}`,
    writes: "changeSet",
    continueOnError: false,
    headers: {
      "Accept": "application/json;odata=nometadata",
      "DataServiceVersion": "3.0",
      "Prefer": "return-no-content",
      "x-ms-version": "2019-02-02",
    },
  });
  const alone = (inner: EncodedOperation): Alone => ({
    operation: inner.operation,
    bytes: inner.bytes,
    changeSets: 1,
    inner,
  });
  return {
    ...{ name: "azure-tables", maxBatchSize: 100, changeSetsPerBatch: 1, rollsBack: true },
    ...{ frameBytes: plain.frameBytes, order: plain.order },
    contextOf(operation) {
      const context = plain.contextOf(operation);
      const place = [context.key, tableOf(operation), partitionOf(operation)];
      return { ...context, key: JSON.stringify(place) };
    },
    encodeOne: (operation, context) => alone(plain.encodeOne(operation, context)),
    encodeGroup: (group, context) => alone(plain.encodeGroup!(group, context)),
    encode: (batch, context) => plain.encode(batch.map((one) => (one as Alone).inner), context),
    decoder: (head, operations) => plain.decoder(head, operations),
  };
}

const tableOf = ({ url }: Operation) => /([A-Za-z0-9]+)(?:\([^/]*)?$/.exec(url)?.[1];

/** In the key of what is there, and in the body of what is new. */
const partitionOf = ({ url, body }: Operation) =>
  /PartitionKey='((?:[^']|'')*)'/.exec(url)?.[1] ??
    (typeof body === "string" ? encodeURIComponent(JSON.parse(body).PartitionKey) : undefined);
