import type { AnyOperation } from "../../../mod.ts";

type Core = typeof import("../../../mod.ts");

/** How one operation waits for another. */
export const TIES = ["dependsOn", "after"] as const;
export type Tie = (typeof TIES)[number];

/** Makes an operation that waits for this one. */
type Follow = (parent: AnyOperation, at: number) => AnyOperation;

/** Operations in the order in which they are sent; making them is part of what an order costs. */
export const SHAPES: Readonly<
  Record<
    string,
    (
      first: (at: number) => AnyOperation,
      follow: Follow,
      count: number,
    ) => AnyOperation[]
  >
> = {
  "pairs": (first, follow, count) => {
    const operations: AnyOperation[] = [];
    for (let at = 0; at < count; at += 2) {
      const parent = first(at);
      operations.push(parent, follow(parent, at + 1));
    }
    return operations;
  },
  "chains of 100": (first, follow, count) => {
    const operations: AnyOperation[] = [];
    for (let at = 0; at < count; at++) {
      operations.push(
        at % 100 === 0 ? first(at) : follow(operations[at - 1]!, at),
      );
    }
    return operations;
  },
  "children of one": (first, follow, count) => {
    const parent = first(0);
    return [
      parent,
      ...Array.from({ length: count - 1 }, (_, at) => follow(parent, at + 1)),
    ];
  },
};

/** The same operations, once told what they wait for, once built from its answer. */
export function madeBy(
  { after, get }: Core,
  tie: Tie,
  shape: string,
  count: number,
): AnyOperation[] {
  const first = (at: number) => get(`messages/${at}`);
  const follow: Follow = tie === "dependsOn"
    ? (parent, at) => get(`messages/${at}`, { dependsOn: [parent] })
    : (parent, at) => after(parent, () => get(`messages/${at}`));
  return SHAPES[shape]!(first, follow, count);
}
