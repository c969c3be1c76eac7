import { Effect, Layer } from "effect";
import { tmpdir } from "node:os";
import { expect, it, vi } from "vitest";
import { get } from "../../../mod.ts";
import { embedded, FolderError } from "../../../src/cluster.ts";
import { fakeGraph } from "../../../src/testing.ts";
import { errorOf, fleetOf } from "../support.ts";

vi.mock("@electric-sql/pglite", () => {
  throw new Error("Cannot find package");
});

it("a fleet in a folder says what it takes, where that is not installed", async () => {
  const layer = embedded({ folder: `${tmpdir()}/never-made` });
  const error = await Effect.runPromise(Effect.flip(Effect.scoped(Layer.build(layer))));
  expect(error).toBeInstanceOf(FolderError);
  expect(error.message).toBe(
    "Cannot keep a fleet in a folder as @electric-sql/pglite must be installed: current value is none that can be loaded (npm install @electric-sql/pglite)",
  );
  const batcher = fleetOf(fakeGraph(), { client: { layer } });
  const undelivered = await errorOf(batcher, get("me/messages"));
  expect(undelivered).toMatchObject({ _tag: "TransportError", sent: false });
  expect(undelivered.cause).toMatchObject({ cause: expect.any(FolderError) });
  await batcher.close();
});
