import { describe, expect, it } from "vitest";
import {
  ClosedError,
  DependencyError,
  get,
  NotExecutedError,
  OperationError,
} from "../../../mod.ts";
import { dependencyError, neverSubmitted, notKept } from "../../../src/pipeline/collect/unsent.ts";
import { Entry, Mark, pastOf } from "../../../src/pipeline/entry.ts";

const home = { leave: () => {}, mark: new Mark() };
const sink = { answered: () => {}, failed: () => {} };

function entryOf(label: string): Entry {
  return new Entry(get("a", { label }), home, sink);
}

/** What a message says of an operation. */
function named({ operation }: Entry): string {
  return `operation ${operation.id} (${operation.label})`;
}

describe("why an operation is not sent", () => {
  const [child, parent] = [entryOf("child"), entryOf("parent")];

  it("names what was never submitted", () => {
    const error = neverSubmitted(child, parent.operation);
    expect(error).toBeInstanceOf(OperationError);
    expect(error.operation).toBe(child.operation);
    expect(error.message).toBe(
      `Cannot send ${named(child)} as each operation in dependsOn must have been submitted ` +
        `before: current value is ${named(parent)}`,
    );
  });

  it("names the answer that was not kept, and says what to do", () => {
    const error = notKept(child, parent.operation);
    expect(error).toBeInstanceOf(OperationError);
    expect(error.operation).toBe(child.operation);
    expect(error.message).toBe(
      `Cannot build ${named(child)} as ${named(parent)} must get its answer after something ` +
        "is derived from it: current value is an answer that was not kept (make it earlier, or " +
        "use the response)",
    );
  });

  it("says how what it depends on ended: DependencyError, surely not run", () => {
    const cause = new ClosedError("Cannot", {});
    const failed = Object.assign(entryOf("parent"), { state: "failed", error: cause });
    const error = dependencyError(child, failed);
    expect(error).toBeInstanceOf(DependencyError);
    expect(error).toMatchObject({ attempts: 0, cause });
    expect(error.operation).toBe(child.operation);
    expect(error.message).toBe(
      `Cannot send ${named(child)} as each operation in dependsOn must succeed: current value ` +
        "is one that failed with ClosedError",
    );
    const left = Object.assign(entryOf("parent"), { state: "left" });
    expect(dependencyError(child, left).message).toMatch(/one that was left by its subscriber$/);
  });

  it("claims nothing of one that may have run: NotExecutedError", () => {
    const cause = new ClosedError("Cannot", {});
    const failed = Object.assign(entryOf("parent"), { state: "failed", error: cause });
    const entry = Object.assign(entryOf("child"), { attempts: 2 });
    pastOf(entry).mayHaveRun = true;
    const error = dependencyError(entry, failed);
    expect(error).toBeInstanceOf(NotExecutedError);
    expect(error).toMatchObject({ certain: false, attempts: 2, cause });
    expect(error.operation).toBe(entry.operation);
    expect(error.message).toBe(
      `Cannot tell whether ${named(entry)} ran as each operation in dependsOn must succeed ` +
        "before it goes again: current value is one that failed with ClosedError",
    );
  });
});
