import { Observable } from "rxjs";
import { describe, expect, it } from "vitest";
import { batch, type BatchEvent, type BatchOptions, get, type Operation } from "../../../mod.ts";
import { EventLoop } from "../../support/event_loop.ts";
import { okay, Rig } from "../../support/rig.ts";
import { plainBody, urlsOf } from "../../support/plain_wire.ts";

/** An operator on a source that takes its time, before a server that answers after `afterMs`. */
function run(
  options: BatchOptions & { readonly afterMs: number },
  emit: (loop: EventLoop, next: (count: number) => void) => void,
) {
  const loop = new EventLoop();
  const lines: string[] = [];
  const events: BatchEvent[] = [];
  const source = new Observable<Operation>((subscriber) => {
    let count = 0;
    emit(loop, (more) => {
      for (let left = more; left > 0; left--) subscriber.next(get(`m${count++}`));
    });
    loop.schedule(() => subscriber.complete(), 1000);
  });
  const operator = batch(new Rig().wire, {
    scheduler: loop,
    maxWaitMs: 10,
    ...options,
    events: { next: (event) => events.push(event) },
    transport: (request) =>
      new Observable((subscriber) => {
        const urls = urlsOf(request.body);
        lines.push(`@${loop.now()} POST of ${urls.length}`);
        const timer = loop.schedule(() => {
          subscriber.next({ status: 200, headers: {}, body: [plainBody(okay(urls))] });
          subscriber.complete();
        }, options.afterMs);
        return () => timer.unsubscribe();
      }),
  });
  let answered = 0;
  source.pipe(operator).subscribe((result) => {
    if (result.ok) answered++;
    else lines.push(`@${loop.now()} ${result.error._tag}`);
  });
  loop.run();
  return { lines, answered, events };
}

describe("a source that takes its time while it is subscribed to", () => {
  it("takes none of timeoutMs from a POST that leaves late", () => {
    const { lines, answered } = run({ afterMs: 200, timeoutMs: 400 }, (loop, next) => {
      next(20);
      loop.block(300);
      next(20);
    });
    expect(lines).toEqual(["@0 POST of 20", "@300 POST of 20"]);
    expect(answered).toBe(40);
  });

  it("leaves the first of a window all of maxWaitMs", () => {
    const { lines } = run({ afterMs: 1 }, (loop, next) => {
      next(20);
      loop.block(300);
      next(2);
      loop.schedule(() => next(1), 9);
    });
    expect(lines).toEqual(["@0 POST of 20", "@310 POST of 3"]);
  });

  it("is told the truth by events", () => {
    const { events } = run({ afterMs: 50 }, (loop, next) => {
      next(1);
      loop.block(200);
      next(19);
      next(1);
      loop.block(100);
      next(19);
    });
    const waitedMs = events.flatMap((event) => event.type === "sent" ? [event.waitedMs] : []);
    const durationMs = events.flatMap((event) =>
      event.type === "answered" ? [event.durationMs] : []
    );
    expect(waitedMs).toEqual([200, 100]);
    // the answer to the first was due while the source took its time
    expect(durationMs).toEqual([100, 50]);
  });
});
