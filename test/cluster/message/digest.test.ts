import { expect, it } from "vitest";
import { atomic, post, ref } from "../../../mod.ts";
import { digestsOf } from "../../../src/cluster/message/digest.ts";
import { wireOperationOf } from "../../../src/cluster/message/request.ts";

/** What is asked for is the same each time; the numbers of the members are not. */
function order(total: number) {
  const customer = post("Customers", { name: "Fabrikam" });
  return atomic([customer, post(`${ref(customer)}/Orders`, { total })]);
}

it("a group is the same request when its members refer to each other by other numbers", async () => {
  const operations = [order(1), order(1), order(2)]
    .map((group) => wireOperationOf(group, { key: "order", isKept: true }));
  const [first, second, other] = await digestsOf(operations);
  expect(second).toBe(first);
  expect(other).not.toBe(first);
});

it("a request whose key is of this one call has no digest", async () => {
  const [kept, own] = await digestsOf([
    wireOperationOf(post("a"), { key: "=a", isKept: true }),
    wireOperationOf(post("b"), { key: "1", isKept: false }),
  ]);
  expect(kept).toMatch(/^[0-9a-f]{32}$/);
  expect(own).toBeUndefined();
  expect(await digestsOf([wireOperationOf(post("b"), { key: "1", isKept: false })])).toEqual([]);
});
