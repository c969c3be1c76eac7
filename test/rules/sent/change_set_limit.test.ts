import { of, VirtualTimeScheduler } from "rxjs";
import { expect, it } from "vitest";
import { atomic, createODataBatcher, post } from "../../../mod.ts";
import { octets } from "../../support/octets.ts";

it("rule 31: a group that waits takes no place of one that goes, where a batch may hold one only", () => {
  const clock = new VirtualTimeScheduler();
  const posts: string[][] = [];
  const batcher = createODataBatcher({
    baseUrl: "https://svc.example/odata/",
    format: "json",
    changeSetsPerBatch: 1,
    maxBatchSize: 2,
    scheduler: clock,
    transport: ({ body }) => {
      const { requests } = JSON.parse(new TextDecoder().decode(body));
      posts.push(requests.map(({ url }: { url: string }) => url));
      const responses = requests.map(({ id }: { id: string }) => ({ id, status: 201 }));
      const headers = { "content-type": "application/json" };
      return of({ status: 200, headers, body: [octets(JSON.stringify({ responses }))] });
    },
  });
  const told: string[] = [];
  const first = post("First", {});
  const one = atomic([post("A", {})], { dependsOn: [first] });
  const two = atomic([post("B", {}), post("C", {})], { dependsOn: [one] });
  const last = post("Last", {}, { dependsOn: [one] });
  for (const [name, operation] of Object.entries({ first, one, two, last })) {
    batcher.send(operation).subscribe({ complete: () => told.push(name) });
  }
  clock.flush();
  expect(told.sort()).toEqual(["first", "last", "one", "two"]);
  expect(posts.flat().sort()).toEqual(["A", "B", "C", "First", "Last"]);
});
