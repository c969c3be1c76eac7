import { describe, expect, it } from "vitest";
import {
  after,
  type BatchError,
  get,
  OperationError,
  type OperationResponse,
} from "../../../mod.ts";
import { Derive } from "../../../src/pipeline/collect/derive.ts";
import { Entry, Mark, tiesOf } from "../../../src/pipeline/entry.ts";

const home = { leave: () => {}, mark: new Mark() };
const sink = { answered: () => {}, failed: () => {} };

/** Deriving, before a gate that answers so. */
function deriving(place: (entry: Entry) => BatchError | undefined = () => undefined) {
  const told: string[] = [];
  const errors: BatchError[] = [];
  const derive = new Derive({ place }, {
    release: ({ built }) => told.push(`released ${built!.url}`),
    fail: (_, error) => {
      told.push("failed");
      errors.push(error);
    },
  });
  return { derive, told, errors };
}

/** An entry whose parent has been answered with this body. */
function entryOf(body: string, build: (body: unknown) => string = (it) => `of-${it}`): Entry {
  const parent = get("parent");
  const operation = after(parent, (answer) => get(build(answer.body)));
  const entry = new Entry(operation, home, sink);
  const response: OperationResponse = {
    operation: parent,
    status: 200,
    headers: {},
    body,
    attempts: 1,
  };
  tiesOf(entry).parents = [{ mark: home.mark, state: "answered", error: undefined, response }];
  return entry;
}

describe("rule 32: what is made of answers", () => {
  it("is built in turns, first come first, and goes the way of all others", () => {
    const { derive, told } = deriving();
    expect(derive.turn()).toBe(false);
    const entries = [entryOf("a"), entryOf("b")];
    for (const entry of entries) derive.add(entry);
    expect(told).toEqual([]);
    expect([derive.turn(), told]).toEqual([true, ["released of-a"]]);
    expect([derive.turn(), derive.turn()]).toEqual([true, false]);
    expect(told).toEqual(["released of-a", "released of-b"]);
    // The answers that it was built from are needed no more.
    expect(entries.map(({ ties }) => ties!.parents)).toEqual([[], []]);
  });

  it("is not built for who has left", () => {
    const { derive, told } = deriving();
    let built = 0;
    const entry = entryOf("a", () => `${++built}`);
    derive.add(entry);
    entry.state = "left";
    expect([derive.turn(), built, told]).toEqual([true, 0, []]);
  });

  it("fails when it cannot be built, without a look at the gate", () => {
    const { derive, told, errors } = deriving(() => {
      throw new Error("nothing to place");
    });
    const cause = new RangeError("no id");
    derive.add(entryOf("a", () => {
      throw cause;
    }));
    derive.turn();
    expect(told).toEqual(["failed"]);
    expect(errors[0]).toBeInstanceOf(OperationError);
    expect(errors[0]!.cause).toBe(cause);
  });

  it("fails when the gate refuses it, and goes nowhere when it is settled there", () => {
    const error = new OperationError("Cannot", {});
    const refusing = deriving(() => error);
    refusing.derive.add(entryOf("a"));
    refusing.derive.turn();
    expect([refusing.told, refusing.errors]).toEqual([["failed"], [error]]);

    const settling = deriving((entry) => {
      entry.state = "left";
      return undefined;
    });
    settling.derive.add(entryOf("a"));
    settling.derive.turn();
    expect(settling.told).toEqual([]);
  });
});
