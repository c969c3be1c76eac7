import { deepEqual, equal, ok } from "node:assert/strict";
import { createBatcher, del, type OperationResult, ResponseError } from "@rxbatch/rxbatch";
import { azureBlobsWire } from "../../examples/azure_blobs.ts";
import type { Azurite } from "./azurite.ts";

/** What must hold of Azure Blob Batch. */
export function blobChecks(server: Azurite): Readonly<Record<string, () => Promise<void>>> {
  const { blobs, account, key, sas } = server;
  const wire = azureBlobsWire({ url: blobs, name: account, key, sas });
  const request = async (method: string, path: string, status: number, body = "") => {
    const answer = await fetch(`${blobs}${path}${path.includes("?") ? "&" : "?"}${sas}`, {
      method,
      headers: { "x-ms-blob-type": "BlockBlob", "x-ms-version": "2019-02-02" },
      ...(method === "GET" ? {} : { body }),
    });
    equal(answer.status, status);
    return await answer.text();
  };
  const held = async () => {
    const list = await request("GET", "box?restype=container&comp=list", 200);
    return [...list.matchAll(/<Name>([^<]+)<\/Name>/g)].map(([, name]) => name).sort();
  };

  return {
    "blobs go in one batch, and a 404 in the middle is the only error": async () => {
      await request("PUT", "box?restype=container", 201);
      const names = ["one", "two", "three", "keep"];
      await Promise.all(names.map((name) => request("PUT", `box/${name}`, 201, name)));
      await using batcher = createBatcher(wire);
      let posts = 0;
      batcher.events.subscribe(({ type }) => {
        if (type === "sent") posts++;
      });
      const asked = ["one", "two", "missing", "three"];
      const results: OperationResult[] = [];
      for await (
        const result of batcher.sendAll(asked.map((name) => del(`${blobs}box/${name}`)))
      ) results.push(result);
      const told = new Map(results.map((result) => [
        result.operation.url.slice(`${blobs}box/`.length),
        result.ok
          ? result.response.status
          : result.error instanceof ResponseError && result.error.response?.status,
      ]));
      deepEqual(asked.map((name) => told.get(name)), [202, 202, 404, 202]);
      deepEqual(await held(), ["keep"]);
      equal(posts, 1);
    },

    "a part signed with another key is refused, and nothing is gone": async () => {
      const forged = azureBlobsWire({ url: blobs, name: account, key: btoa("another"), sas });
      await using batcher = createBatcher(forged);
      for await (const result of batcher.sendAll([del(`${blobs}box/keep`)])) {
        ok(!result.ok && result.error instanceof ResponseError);
        equal(result.error.response?.status, 403);
      }
      deepEqual(await held(), ["keep"]);
    },
  };
}
