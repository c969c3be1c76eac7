import { type AnyOperation, type BatchEvent, get, type OperationInit } from "../../mod.ts";
import { Rig, type RigOptions } from "../support/rig.ts";

/** An operation at its time: submitted, or told to its subscriber. */
export interface Marble {
  readonly atMs: number;
  readonly name: string;
  readonly isError?: boolean;
}

/** A time of a lane: the window that collects, a POST with what it carries, a pause. */
export interface Span {
  /** Its mailbox. */
  readonly lane: string;
  readonly kind: "window" | "post" | "pause";
  readonly fromMs: number;
  readonly toMs: number;
  /** What a POST carries, and why it left. */
  readonly says: string;
}

type Sent = Extract<BatchEvent, { readonly type: "sent" }>;

/** A run in virtual time, and what a picture of it shows. */
export class Scene {
  readonly rig: Rig;
  readonly submitted: Marble[] = [];
  readonly spans: Span[] = [];
  readonly told: Marble[] = [];
  /** The mailbox of each lane: one that is empty is forgotten, and has another number later. */
  readonly #lanes = new Map<number, string>();
  readonly #names = new Map<number, string>();
  readonly #posts = new Map<number, { readonly sent: Sent; readonly fromMs: number }>();

  constructor(options: RigOptions = {}) {
    this.rig = new Rig(options);
    this.rig.batcher.events.subscribe((event) => this.#take(event));
  }

  /** Submits at a time; the name is the URL. */
  send(atMs: number, name: string, init: OperationInit = {}): AnyOperation {
    const operation = get(name, init);
    this.#names.set(operation.id, name);
    this.rig.at(atMs, () => {
      this.submitted.push({ atMs, name });
      this.rig.send(operation);
    });
    return operation;
  }

  #take(event: BatchEvent): void {
    const { now } = this.rig;
    if (event.type === "sent") this.#sent(event, now);
    else if (event.type === "answered") this.#answered(event.batch, now);
    else if (event.type === "paused") {
      const lane = this.#lanes.get(event.lane)!;
      const toMs = now + event.delayMs;
      this.spans.push({ lane, kind: "pause", fromMs: now, toMs, says: "pause" });
    } else if (event.type === "settled") {
      const name = this.#names.get(event.operation)!;
      this.told.push({ atMs: now, name, isError: event.outcome === "failed" });
    }
  }

  #sent(sent: Sent, now: number): void {
    const { waitedMs } = sent;
    const lane = this.rig.batches.at(-1)!.context;
    this.#lanes.set(sent.lane, lane);
    this.#posts.set(sent.batch, { sent, fromMs: now });
    if (waitedMs === 0) return;
    this.spans.push({ lane, kind: "window", fromMs: now - waitedMs, toMs: now, says: "" });
  }

  #answered(batch: number, now: number): void {
    const { sent: { operations, reason, ...sent }, fromMs } = this.#posts.get(batch)!;
    const lane = this.#lanes.get(sent.lane)!;
    const carried = operations.map((id) => this.#names.get(id)).join(" ");
    this.spans.push({ lane, kind: "post", fromMs, toMs: now, says: `${carried} · ${reason}` });
  }
}
