import { describe, expect, it } from "vitest";
import { after, del, get, OperationError, type OperationInit, post } from "../../mod.ts";
import { Rig } from "../support/rig.ts";

describe("rule 33: okStatuses count as an answer", () => {
  it("has no body, asks no schema, and lets go what depends on it", () => {
    const rig = new Rig();
    rig.answer = ({ urls }) =>
      rig.reply(urls.map((url, index) => ({ index, body: url, status: url === "a" ? 404 : 200 })));
    let asked = 0;
    const validate = (value: unknown) => {
      asked++;
      return { value };
    };
    const schema = { "~standard": { version: 1, vendor: "test", validate } } as const;
    const gone = del("a", { okStatuses: [404, 410], schema });
    rig.send(gone);
    rig.send(post("b", undefined, { dependsOn: [gone] }));
    rig.send(after(gone, ({ status, body }) => get(`${status}${body}`)), "c");
    rig.run();
    expect(rig.told).toEqual(["@11 a 404", "@22 b 200", "@22 c 200"]);
    expect(rig.posts[1]).toBe("@21 me: b 404undefined");
    expect(rig.bodyOf("a")).toBeUndefined();
    expect(asked).toBe(0);
  });

  it("wins over repeating, and its Retry-After still pauses", () => {
    const rig = new Rig();
    rig.answer = ({ number }) =>
      rig.reply([{ index: 0, status: number === 0 ? 429 : 200, headers: { "retry-after": "2" } }]);
    rig.send(get("a", { okStatuses: [429] }));
    rig.at(100, () => rig.send("b"));
    rig.run();
    expect(rig.told).toEqual(["@11 a 429", "@2012 b 200"]);
    expect(rig.posts).toEqual(["@10 me: a", "@2011 me: b"]);
  });

  it("leaves other errors what they are", () => {
    const rig = new Rig();
    rig.answer = () => rig.reply([{ index: 0, status: 409 }]);
    rig.send(del("a", { okStatuses: [404] }));
    rig.run();
    expect(rig.told).toEqual(["@11 a ResponseError 409"]);
  });

  it.each([[[401]], [[424]], [[200]], [[404.5]], [["404"]], [404], [null]])(
    "refuses %j",
    (okStatuses) => {
      expect(() => get("a", { okStatuses } as unknown as OperationInit)).toThrow(OperationError);
    },
  );

  it.each([401, 424])("refuses %i, which is no answer, also beside others: rule 33", (status) => {
    const make = () => del("a", { okStatuses: [404, status] });
    expect(make).toThrow(OperationError);
    expect(make).toThrow(`and neither 401 nor 424: current value is ${status}`);
  });

  it("refuses a status that is in retry.statuses too", () => {
    const make = () => get("a", { okStatuses: [404, 423], retry: { statuses: [423] } });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(": current value is 423");
  });
});

describe("label", () => {
  it("stands in events and errors beside the number", () => {
    const rig = new Rig({ retry: { maxRetries: 1, baseDelayMs: 0 } }).listen();
    rig.answer = () => rig.reply([{ index: 0, status: 429 }]);
    const operation = get("secret", { label: "nightly sync" });
    rig.send(operation);
    rig.run();
    const labels = rig.events.flatMap((event) => "label" in event ? [event.label] : []);
    expect(labels).toEqual(["nightly sync", "nightly sync", "nightly sync"]);
    expect(rig.errorOf("secret").message).toContain(`operation ${operation.id} (nightly sync)`);
  });

  it.each(["", "two\nlines", "\u0007", 7])("refuses %j", (label) => {
    expect(() => get("a", { label: label as string })).toThrow(OperationError);
    expect(() => after(get("a"), () => get("b"), { label: label as string })).toThrow(
      OperationError,
    );
  });
});
