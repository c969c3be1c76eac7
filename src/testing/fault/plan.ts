import { checkKnownNames } from "../../operation/check/known_names.ts";
import type { Fault, FaultTarget, ScriptedFaults } from "./fault.ts";
import { isSpan } from "./answer.ts";
import { FAULT_NAMES } from "./names.ts";
import type { OpenBatch, OpenEntry } from "../ledger.ts";
import { Random } from "../random.ts";

/** The faults that strike one batch. */
export interface Strikes {
  /** On the batch, in the order given. */
  readonly batch: readonly Fault[];
  /** On each operation, by its place in the batch. */
  readonly parts: readonly (readonly Fault[])[];
}

/** Draws which faults strike a batch: the next line of the script where there is one, else the standing rules. */
export class FaultPlan {
  readonly #rules: readonly Fault[];
  readonly #firstScript: readonly ScriptedFaults[];
  readonly #seed: number;
  #script: ScriptedFaults[] = [];
  readonly #struck = new Map<Fault, number>();

  constructor(
    rules: readonly Fault[],
    script: readonly ScriptedFaults[],
    seed: number,
  ) {
    for (const fault of [...rules, ...script.flatMap(listed)]) checkFault(fault);
    this.#rules = rules;
    this.#firstScript = script;
    this.#seed = seed;
    this.reset();
  }

  /** Appends lines to the script. */
  append(lines: readonly ScriptedFaults[]): void {
    for (const fault of lines.flatMap(listed)) checkFault(fault);
    this.#script.push(...lines);
  }

  reset(): void {
    this.#script = [...this.#firstScript];
    this.#struck.clear();
  }

  strikes(batch: OpenBatch, mailbox: string, entries: readonly OpenEntry[]): Strikes {
    const faults = this.#script.length > 0 ? listed(this.#script.shift()) : this.#rules;
    // Seeded by the batch's number: how its neighbours fared does not change what strikes it.
    const random = new Random(this.#seed, `faults ${batch.post}`);
    const target = (entry: OpenEntry | undefined): FaultTarget => ({
      post: batch.post,
      mailbox,
      entries,
      entry,
    });
    const pick = (fault: Fault, entry?: OpenEntry): boolean => {
      // Drawn before anything else is asked, so that `when` and `times` do not move later draws.
      const drawn = random.next() < (fault.probability ?? 1);
      const struck = this.#struck.get(fault) ?? 0;
      if (!drawn || struck >= (fault.times ?? Infinity)) return false;
      if ("index" in fault && (fault.index ?? entry?.index) !== entry?.index) return false;
      if (fault.when !== undefined && !fault.when(target(entry))) return false;
      this.#struck.set(fault, struck + 1);
      batch.faults.push(fault.name);
      return true;
    };
    return {
      batch: faults.filter((fault) => !isOnParts(fault)).filter((fault) => pick(fault)),
      parts: entries.map((entry) => faults.filter(isOnParts).filter((fault) => pick(fault, entry))),
    };
  }
}

function isOnParts(fault: Fault): boolean {
  return "on" in fault && fault.on === "part";
}

function listed(line: ScriptedFaults): readonly Fault[] {
  if (line === undefined) return [];
  return isList(line) ? line : [line];
}

function isList(line: Fault | readonly Fault[]): line is readonly Fault[] {
  return Array.isArray(line);
}

/** A misspelt fault would never strike, and a test of it would pass for nothing. */
function checkFault(fault: Fault): void {
  const name = fault?.name;
  if (!Object.hasOwn(FAULT_NAMES, name)) {
    throw new TypeError(
      `Cannot plan a fault as its name must be one of ${
        Object.keys(FAULT_NAMES).join(", ")
      }: current value is ${name}`,
    );
  }
  checkKnownNames(`the fault ${name}`, fault, FAULT_NAMES[name]);
  const { probability = 1 } = fault;
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(
      `Cannot plan the fault ${name} as a probability must be from 0 to 1: current value is ${probability}`,
    );
  }
  if (fault.name === "latency" && !isSpan(fault.ms)) {
    throw new RangeError(
      `Cannot plan the fault latency as ms must be from 0, or two bounds in their order: current value is ${fault.ms}`,
    );
  }
  if ("index" in fault && fault.index !== undefined && !isOnParts(fault)) {
    throw new TypeError(
      `Cannot plan the fault ${name} as an index goes with on: "part" only: current value is ${fault.index}`,
    );
  }
  if ("status" in fault && fault.status !== undefined) {
    const { status } = fault;
    if (!(Number.isInteger(status) && status >= 200 && status <= 599)) {
      throw new RangeError(
        `Cannot plan the fault ${name} as a status must be a whole number from 200 to 599: current value is ${status}`,
      );
    }
  }
}
