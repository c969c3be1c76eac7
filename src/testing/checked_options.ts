import { kindOf } from "../operation/check/kind.ts";
import { checkKnownNames, holdsNames } from "../operation/check/known_names.ts";
import {
  checkKinds,
  FLAG,
  having,
  type Kind,
  type Kinds,
  numberFrom,
  oneOf,
  TEXT,
} from "../operation/check/kinds.ts";
import { isSpan } from "./fault/answer.ts";
import type { EntitySetSeed, FakeODataOptions } from "./odata_options.ts";
import type { FakeOptions, MailboxSeed, ServerOptions } from "./options.ts";

const LIST: Kind = ["an array", Array.isArray];
const AMOUNT: Kind = [
  "a number from 0, or an array",
  (value) => Array.isArray(value) || typeof value === "number" && value >= 0,
];
const BY_NAME: Kind = ["an object", holdsNames];

const SERVER: Kinds<Omit<ServerOptions, "latencyMs">> = {
  seed: ["a number", (value) => typeof value === "number" && !Number.isNaN(value)],
  faults: LIST,
  script: LIST,
  clock: having("a clock with now and wait", "now", "wait"),
};

const MAILBOXES: Kinds<Omit<FakeOptions, "latencyMs">> = {
  ...SERVER,
  mailboxes: BY_NAME,
  tokens: BY_NAME,
  workMs: numberFrom(0),
  order: oneOf("any", "request"),
  echoContentId: FLAG,
};

const MAILBOX: Kinds<MailboxSeed> = {
  messages: AMOUNT,
  events: AMOUNT,
  contacts: AMOUNT,
  files: numberFrom(0),
  folders: LIST,
};

const ODATA: Kinds<Omit<FakeODataOptions, "latencyMs">> = {
  ...SERVER,
  entitySets: BY_NAME,
  version: oneOf("2.0", "3.0", "4.0", "4.01"),
  writes: oneOf("single", "changeSet"),
  rollsBack: FLAG,
  failedGroup: oneOf("part", "nested"),
  maxOperations: numberFrom(0),
  changeSetsPerBatch: numberFrom(0),
  csrfBatches: numberFrom(0),
  pageSize: numberFrom(1),
  token: TEXT,
  workMs: numberFrom(0),
  echoContentId: FLAG,
};

const SET: Kinds<EntitySetSeed> = { key: TEXT, items: AMOUNT };

/**
 * Checks the options of a fake of mailboxes: one that is misspelt would do nothing, and a test of it would pass for nothing.
 *
 * @throws {TypeError} when there is a name that nobody reads, or a value of another kind
 * @throws {RangeError} when a number is out of range
 */
export function checkFakeOptions(options: FakeOptions): void {
  checkServer(options, MAILBOXES);
  for (const seed of Object.values(options.mailboxes ?? {})) {
    check("a mailbox of a fake", seed, MAILBOX);
  }
}

/**
 * The same for a fake OData service.
 *
 * @throws {TypeError} when there is a name that nobody reads, or a value of another kind
 * @throws {RangeError} when a number is out of range
 */
export function checkODataOptions(options: FakeODataOptions): void {
  checkServer(options, ODATA);
  for (const seed of Object.values(options.entitySets ?? {})) {
    check("an entity set of a fake", seed, SET);
  }
}

function checkServer(options: ServerOptions, kinds: Readonly<Record<string, Kind>>): void {
  check("options of a fake", options, kinds, { latencyMs: true });
  const { latencyMs = 0 } = options;
  if (isSpan(latencyMs)) return;
  throw new RangeError(
    `Cannot use option latencyMs as it must be from 0, or two bounds in their order: current value is ${
      typeof latencyMs === "number" ? latencyMs : kindOf(latencyMs)
    }`,
  );
}

function check(
  what: string,
  options: object,
  kinds: Readonly<Record<string, Kind>>,
  others: Readonly<Record<string, true>> = {},
): void {
  const names = Object.keys(kinds).map((name) => [name, true] as const);
  checkKnownNames(what, options, { ...others, ...Object.fromEntries(names) });
  checkKinds(options, kinds);
}
