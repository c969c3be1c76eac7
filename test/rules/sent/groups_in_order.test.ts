import { of, VirtualTimeScheduler } from "rxjs";
import { describe, expect, it } from "vitest";
import {
  type AnyOperation,
  atomic,
  type BatchError,
  createODataBatcher,
  type ODataOptions,
  post,
  ref,
} from "../../../mod.ts";
import { octets } from "../../support/octets.ts";
import { steadyBackoff } from "../../support/virtual_time.ts";

/** What stands in a JSON batch. */
interface Request {
  readonly id: string;
  readonly url: string;
  readonly atomicityGroup?: string;
  readonly dependsOn?: readonly string[];
}

/** A JSON service that answers each request with the status that a test says; what it was sent is kept. */
function service(
  statusOf: (url: string, post: number) => number = () => 201,
  options: Partial<ODataOptions> = {},
) {
  const clock = new VirtualTimeScheduler();
  const posts: Request[][] = [];
  const told: string[] = [];
  const errors: BatchError[] = [];
  const batcher = createODataBatcher({
    baseUrl: "https://svc.example/odata/",
    format: "json",
    scheduler: clock,
    ...options,
    transport: ({ body }) => {
      const { requests } = JSON.parse(new TextDecoder().decode(body)) as { requests: Request[] };
      posts.push(requests);
      const responses = requests.map(({ id, url }) => ({
        id,
        status: statusOf(url, posts.length),
      }));
      const headers = { "content-type": "application/json" };
      return of({ status: 200, headers, body: [octets(JSON.stringify({ responses }))] });
    },
  });
  const send = (operations: Readonly<Record<string, AnyOperation>>) => {
    for (const [name, operation] of Object.entries(operations)) {
      batcher.send(operation).subscribe({
        next: ({ status, attempts }) => told.push(`${name} ${status} at ${attempts}`),
        error: (error: BatchError) => {
          told.push(`${name} ${error._tag} at ${error.attempts}`);
          errors.push(error);
        },
      });
    }
    clock.flush();
  };
  return { posts, told, errors, send };
}

const pair = (name: string) => [post(`${name}1`, {}), post(`${name}2`, {})] as const;

steadyBackoff();

describe("rules 8 and 31: a group in a JSON batch waits for what it depends on", () => {
  it("each of its members says so, beside those to which it refers", () => {
    const { posts, told, send } = service();
    const first = post("First", {});
    const customer = post("Customers", {});
    const group = atomic([customer, post(`${ref(customer)}/Orders`, {}), post("Other", {})], {
      dependsOn: [first],
    });
    const second = atomic(pair("S"), { dependsOn: [group] });
    const last = post("Last", {}, { dependsOn: [second] });
    send({ first, group, second, last });
    expect(posts.map((requests) => requests.map(({ url, dependsOn }) => [url, dependsOn]))).toEqual(
      [
        [
          ["First", undefined],
          ["Customers", [`${first.id}`]],
          [`$${customer.id}/Orders`, [`${first.id}`, `${customer.id}`]],
          ["Other", [`${first.id}`]],
          ["S1", [`g${group.id}`]],
          ["S2", [`g${group.id}`]],
          ["Last", [`g${second.id}`]],
        ],
      ],
    );
    expect(told).toEqual(["first 201 at 1", "group 200 at 1", "second 200 at 1", "last 201 at 1"]);
  });

  it("says nothing of what was answered before", () => {
    const { posts, send } = service();
    const first = post("First", {});
    send({ first });
    send({ group: atomic(pair("A"), { dependsOn: [first] }) });
    expect(posts[1]!.map(({ dependsOn }) => dependsOn)).toEqual([undefined, undefined]);
  });

  it("rule 9: falls with it, and surely did not run", () => {
    const { posts, told, send, errors } = service((url) => url === "First" ? 400 : 424);
    const first = post("First", {});
    const group = atomic(pair("A"), { dependsOn: [first] });
    send({ first, group, next: post("Next", {}, { dependsOn: [group] }) });
    expect(posts).toHaveLength(1);
    expect(told).toEqual([
      "first ResponseError at 1",
      "group DependencyError at 1",
      "next DependencyError at 1",
    ]);
    expect(errors[1]!.cause).toBe(errors[0]);
  });

  it("rule 24: goes again with it", () => {
    const { posts, told, send } = service((url, number) => {
      if (number > 1) return 201;
      return url === "First" ? 429 : 424;
    });
    const first = post("First", {});
    send({ first, group: atomic(pair("A"), { dependsOn: [first] }) });
    expect(posts.map((requests) => requests.map(({ url }) => url))).toEqual([
      ["First", "A1", "A2"],
      ["First", "A1", "A2"],
    ]);
    expect(told).toEqual(["first 201 at 2", "group 200 at 2"]);
  });

  it("rule 24: goes again without it once, where it was answered with an error that counts as an answer", () => {
    const { posts, told, send, errors } = service((url) => url === "First" ? 409 : 424);
    const first = post("First", {}, { okStatuses: [409] });
    send({ first, group: atomic(pair("A"), { dependsOn: [first] }) });
    expect(posts.map((requests) => requests.map(({ url }) => url))).toEqual([
      ["First", "A1", "A2"],
      ["A1", "A2"],
    ]);
    expect(told).toEqual(["first 409 at 1", "group ResponseError at 2"]);
    expect(errors[0]).toMatchObject({
      status: 424,
      members: [{ certain: true }, { certain: true }],
    });
  });

  it("takes a 424 for an answer where it waits for nothing", () => {
    const { posts, told, send } = service(() => 424);
    send({ group: atomic(pair("A")) });
    expect(posts).toHaveLength(1);
    expect(told).toEqual(["group ResponseError at 1"]);
  });

  it("does not go again where some of it ran and nothing is undone", () => {
    const { posts, told, send } = service((url) => url === "A2" ? 424 : 201, { rollsBack: false });
    const first = post("First", {});
    send({ first, group: atomic(pair("A"), { dependsOn: [first] }) });
    expect(posts).toHaveLength(1);
    expect(told).toEqual(["first 201 at 1", "group ResponseError at 1"]);
  });
});
