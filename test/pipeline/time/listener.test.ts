import { of, Subject } from "rxjs";
import { describe, expect, it } from "vitest";
import { Listener } from "../../../src/pipeline/time/listener.ts";

function listening(onNext: (value: number) => void = () => {}) {
  const told: string[] = [];
  const listener = new Listener<number>({
    next(value) {
      told.push(`next ${value}`);
      onNext(value);
    },
    error: (cause) => told.push(`error ${cause}`),
    complete: () => told.push("complete"),
  });
  return { listener, told };
}

describe("a listener", () => {
  it("hears values and the end", () => {
    const { listener, told } = listening();
    of(1, 2).subscribe(listener);
    expect(told).toEqual(["next 1", "next 2", "complete"]);
    expect(listener.closed).toBe(true);
  });

  it("hears an error and nothing afterwards", () => {
    const { listener, told } = listening();
    const source = new Subject<number>();
    source.subscribe(listener);
    source.error("broken");
    listener.next(1);
    expect(told).toEqual(["error broken"]);
    expect(source.observed).toBe(false);
  });

  it("leaves a source that is emitting synchronously", () => {
    const { listener, told } = listening(() => listener.unsubscribe());
    of(1, 2, 3).subscribe(listener);
    expect(told).toEqual(["next 1"]);
  });
});
