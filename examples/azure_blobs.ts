/** A wire for Azure Blob Batch: up to 256 deletes in one POST, each part signed by itself; parts go through the codec of `./mime`. */
import { createHmac } from "node:crypto";
import { type Operation, OperationError, type Part, type Wire } from "@rxbatch/rxbatch";
import * as mime from "@rxbatch/rxbatch/mime";

/** Where the blobs are, with a slash at its end, and what opens them. */
export interface BlobsAccount {
  readonly url: string;
  readonly name: string;
  /** The key of the account, in base64: it signs the parts. */
  readonly key: string;
  /** A shared access signature for the batch itself. */
  readonly sas: string;
}

/** The wire, for `createBatcher` and `batch`. */
export function azureBlobsWire({ url, name, key, sas }: BlobsAccount): Wire {
  const signed = ({ method, url }: Operation): mime.PartRequest => {
    const path = new URL(url).pathname;
    const date = new Date().toUTCString();
    const text = `${method}${"\n".repeat(12)}x-ms-date:${date}\n/${name}${path}`;
    const hmac = createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
    const Authorization = `SharedKey ${name}:${hmac}`;
    return {
      method,
      url: path,
      headers: { "x-ms-date": date, Authorization, "Content-Length": "0" },
    };
  };
  return {
    ...{ name: "azure-blobs", maxBatchSize: 256, frameBytes: mime.FRAME_BYTES, order: "any" },
    contextOf(operation) {
      if (operation.method === "DELETE" && operation.url.startsWith(url)) {
        return { key: "", name: "account", url: `${url}?comp=batch&${sas}` };
      }
      throw new OperationError("Cannot batch an operation as it must delete a blob of the account");
    },
    encodeOne: (operation) => ({ operation, bytes: mime.partBytes(signed(operation)) }),
    encode(operations, context) {
      const parts = operations.map(({ operation }) => signed(operation as Operation));
      const { contentType, body } = mime.writeParts(parts);
      const headers = { "Content-Type": contentType, "x-ms-version": "2019-02-02" };
      return { method: "POST", url: context.url, headers, body };
    },
    decoder({ headers }) {
      const reader = new mime.PartReader(headers["content-type"] ?? "");
      const parts = (answers: Iterable<mime.PartAnswer>) => Array.from(answers, partOf);
      return { write: (chunk) => parts(reader.write(chunk)), end: () => parts(reader.end()) };
    },
  };
}

const partOf = ({ contentId, status, headers, bytes }: mime.PartAnswer): Part => ({
  index: contentId === undefined ? undefined : Number(contentId) - 1,
  ...{ status, headers },
  readBody() {
    if (status === 0) throw new mime.DecodeError("Cannot read a part as it must hold an answer");
    return mime.decodeBody(bytes, headers["content-type"]);
  },
});
