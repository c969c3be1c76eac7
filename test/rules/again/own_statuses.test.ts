import { describe, expect, it } from "vitest";
import { get, post } from "../../../mod.ts";
import { okay, Rig, type RigOptions, untimed } from "../../support/rig.ts";
import type { PlainPart } from "../../support/plain_wire.ts";
import { steadyBackoff } from "../../support/virtual_time.ts";

/** The first answers are these, each to the first operation of its batch, and the rest fine. */
function rigWith(first: readonly PlainPart[], options: RigOptions = {}): Rig {
  const rig = new Rig(options);
  rig.answer = ({ number, urls }) => {
    const [refused, ...others] = okay(urls);
    return rig.reply([{ ...refused, ...first[number] }, ...others]);
  };
  return rig;
}

steadyBackoff();

describe("rule 33: a status of which the caller says that it did not run", () => {
  it.each([401, 403, 408, 413, 424, 500])("goes again: %i", (status) => {
    const rig = rigWith([{ status }, { status }]);
    rig.send(post("a", {}, { retry: { statuses: [status] } }));
    rig.run();
    expect(rig.posts).toHaveLength(3);
    expect(untimed(rig.told)).toEqual(["a 200"]);
    expect(rig.results).toMatchObject([{ response: { attempts: 3 } }]);
  });

  it.each([401, 413, 424])("goes again as often as its budget allows: %i", (status) => {
    const rig = rigWith(new Array(9).fill({ status }), { retry: { maxRetries: 2 } });
    rig.send(post("a", {}, { retry: { statuses: [status] } }));
    rig.run();
    expect(rig.posts).toHaveLength(3);
    expect(rig.errorOf("a")).toMatchObject({
      status,
      attempts: 3,
      cause: { limit: "retry.maxRetries" },
    });
  });

  it("asks for a fresh token first when it is 401, which is no attempt", () => {
    const asked: boolean[] = [];
    const token = (_context: string, { refresh }: { refresh: boolean }) => {
      asked.push(refresh);
      return `t${asked.length}`;
    };
    const rig = rigWith([{ status: 401 }, { status: 401 }], { token, retry: { maxRetries: 1 } });
    rig.send(post("a", {}, { retry: { statuses: [401] } }));
    rig.run();
    expect(asked).toEqual([false, true, false]);
    expect(rig.results).toMatchObject([{ ok: true, response: { attempts: 3 } }]);
  });

  it("goes again without what it depends on first when it is 424, which is no attempt", () => {
    const rig = rigWith([{}, { status: 424 }, { status: 424 }], { retry: { maxRetries: 1 } });
    const parent = get("p");
    rig.send(parent);
    rig.send(post("a", {}, { dependsOn: [parent], retry: { statuses: [424] } }));
    rig.run();
    expect(untimed(rig.posts)).toEqual([
      "me: p",
      "me: a",
      "me: a",
      "me: a",
    ]);
    expect(rig.results).toMatchObject([{ ok: true }, { ok: true, response: { attempts: 3 } }]);
  });

  it("is still a 429 when fresh headers have not helped", () => {
    const rig = rigWith([{ status: 429 }, { status: 429 }], {
      headers: () => ({}),
      refreshOn: ({ status }) => status === 429,
      retry: { maxRetries: 1 },
    });
    rig.send(post("a", {}));
    rig.run();
    expect(rig.posts).toHaveLength(3);
    expect(rig.results).toMatchObject([{ ok: true, response: { attempts: 3 } }]);
  });
});
