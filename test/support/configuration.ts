/** Every option of every dialect, as the environment has it, and as a batcher gets it. */
export const common = {
  TOKEN: "secret",
  BASE_URL: "https://a.example/v1.0/",
  LINK_BASE: "https://b.example/v1.0/",
  MAX_BATCH_SIZE: "7",
  MAX_WAIT_MS: "1.5",
  MAX_BATCH_BYTES: "1000",
  CONCURRENCY: "3",
  CONCURRENCY_PER_CONTEXT: "2",
  RETRY_MAX_RETRIES: "5",
  RETRY_BASE_DELAY_MS: "1",
  RETRY_MAX_DELAY_MS: "2",
  RETRY_MAX_TOTAL_MS: "3",
  PACE_OPERATIONS: "10",
  PACE_PER_MS: "1000",
  SHARE_READS: "true",
  TIMEOUT_MS: "5000",
  MAX_RESPONSE_BYTES: "2000",
  MAX_PART_HEADER_BYTES: "300",
  MAX_PARTS: "40",
  MAX_NESTING_DEPTH: "2",
  ABORT_UNSAFE: "true",
  MAX_QUEUED: "50",
};
export const options = {
  baseUrl: "https://a.example/v1.0/",
  linkBase: "https://b.example/v1.0/",
  maxBatchSize: 7,
  maxWaitMs: 1.5,
  maxBatchBytes: 1_000,
  concurrency: 3,
  concurrencyPerContext: 2,
  retry: { maxRetries: 5, baseDelayMs: 1, maxDelayMs: 2, maxTotalMs: 3 },
  pace: { operations: 10, perMs: 1_000 },
  shareReads: true,
  timeoutMs: 5_000,
  maxResponseBytes: 2_000,
  maxPartHeaderBytes: 300,
  maxParts: 40,
  maxNestingDepth: 2,
  abortUnsafe: true,
  maxQueued: 50,
};

/** What each dialect has besides. */
export const dialects = {
  outlook: [{
    CONTINUE_ON_ERROR: "false",
    ANCHOR_MAILBOX: "a@b.example",
    CONTENT_LENGTH: "yes",
  }, {
    continueOnError: false,
    anchorMailbox: "a@b.example",
    contentLength: true,
  }],
  graph: [{ MIX_CONTEXTS: "false" }, { mixContexts: false }],
  odata: [{
    CONTINUE_ON_ERROR: "no",
    FORMAT: "multipart",
    WRITES: "changeSet",
    ROLLS_BACK: "no",
    CHANGE_SETS_PER_BATCH: "1",
    CONTENT_LENGTH: "yes",
  }, {
    continueOnError: false,
    format: "multipart",
    writes: "changeSet",
    rollsBack: false,
    changeSetsPerBatch: 1,
    contentLength: true,
  }],
} as const;

/** Variables of the prefix A that are wrong, and how the error names them. */
export const faults: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  ["a flag that is none", { A_SHARE_READS: "perhaps" }, "SHARE_READS"],
  ["a pace without a span", { A_PACE_OPERATIONS: "3" }, "A_PACE_OPERATIONS and A_PACE_PER_MS"],
  ["retries below none", { A_RETRY_MAX_RETRIES: "-1" }, "A_RETRY_MAX_RETRIES"],
  ["a link base that is no URL", { A_LINK_BASE: "here" }, "A_LINK_BASE"],
  ["a token that is malformed", { A_TOKEN: "very\nsecret" }, "A_TOKEN"],
];

/** As the environment has them. */
export const prefixed = (
  prefix: string,
  variables: Readonly<Record<string, string>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [`${prefix}_${name}`, value]),
  );
