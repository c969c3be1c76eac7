import { kindOf } from "../operation/check/kind.ts";
import { checkKnownNames, type KnownNames } from "../operation/check/known_names.ts";
import { isSpan } from "./fault/answer.ts";
import type { EntitySetSeed, FakeODataOptions } from "./odata_options.ts";
import type { FakeOptions, MailboxSeed, ServerOptions } from "./options.ts";

const SERVER_NAMES: KnownNames<ServerOptions> = {
  seed: true,
  faults: true,
  script: true,
  latencyMs: true,
  clock: true,
};

const NAMES: KnownNames<FakeOptions> = {
  ...SERVER_NAMES,
  mailboxes: true,
  tokens: true,
  workMs: true,
  order: true,
  echoContentId: true,
};

const MAILBOX_NAMES: KnownNames<MailboxSeed> = {
  messages: true,
  events: true,
  contacts: true,
  files: true,
  folders: true,
};

const ODATA_NAMES: KnownNames<FakeODataOptions> = {
  ...SERVER_NAMES,
  entitySets: true,
  version: true,
  writes: true,
  rollsBack: true,
  failedGroup: true,
  maxOperations: true,
  changeSetsPerBatch: true,
  csrfBatches: true,
  pageSize: true,
  token: true,
  workMs: true,
  echoContentId: true,
};

const SET_NAMES: KnownNames<EntitySetSeed> = { key: true, items: true };

/**
 * Checks the options of a fake of mailboxes: one that is misspelt would do nothing, and a test of it would pass for nothing.
 *
 * @throws {TypeError} when there is a name that nobody reads, or no list where one belongs
 * @throws {RangeError} when a latency is none
 */
export function checkFakeOptions(options: FakeOptions): void {
  checkKnownNames("options of a fake", options, NAMES);
  for (const seed of Object.values(options.mailboxes ?? {})) {
    checkKnownNames("a mailbox of a fake", seed, MAILBOX_NAMES);
  }
  checkServer(options);
}

/**
 * The same for a fake OData service.
 *
 * @throws {TypeError} when there is a name that nobody reads, or no list where one belongs
 * @throws {RangeError} when a latency is none
 */
export function checkODataOptions(options: FakeODataOptions): void {
  checkKnownNames("options of a fake", options, ODATA_NAMES);
  for (const seed of Object.values(options.entitySets ?? {})) {
    checkKnownNames("an entity set of a fake", seed, SET_NAMES);
  }
  checkServer(options);
}

function checkServer(options: ServerOptions): void {
  for (const name of ["faults", "script"] as const) {
    const given: unknown = options[name];
    if (given === undefined || Array.isArray(given)) continue;
    throw new TypeError(
      `Cannot use option ${name} as it must be an array: current value is ${kindOf(given)}`,
    );
  }
  const { latencyMs = 0 } = options;
  if (isSpan(latencyMs)) return;
  throw new RangeError(
    `Cannot use option latencyMs as it must be from 0, or two bounds in their order: current value is ${latencyMs}`,
  );
}
