import type { FakeServer, FakeService, Fault } from "@rxbatch/rxbatch/testing";

/** Whose mail it is, what lies in each mailbox, and how many drafts each writes. */
export const MAILBOXES: readonly string[] = [
  "danas@contoso.com",
  "rufus@contoso.com",
  "vera@contoso.com",
];
export const MESSAGES = 320;
export const DRAFTS = 50;
export const SEEDED: Readonly<Record<string, { readonly messages: number }>> = Object.fromEntries(
  MAILBOXES.map((address) => [address, { messages: MESSAGES }]),
);
/** What a mailbox server takes to answer, whether to one request or to a batch. */
export const LATENCY_MS = [4, 12] as const;
/** Throttled parts, parts that the gateway gave up on, and whole batches refused. */
export const FAULTS: readonly Fault[] = [
  { name: "status", status: 429, on: "part", probability: 0.01, times: 15, retryAfter: 0.05 },
  { name: "status", status: 503, on: "part", probability: 0.01, times: 15 },
  { name: "status", status: 429, probability: 0.02, times: 3, retryAfter: 0.1 },
];
export const RETRY = { baseDelayMs: 50, maxRetries: 8 };

/** Does the work while the service listens on this machine. */
export async function listening<T>(
  service: FakeService,
  work: (service: FakeService, server: FakeServer) => Promise<T>,
): Promise<T> {
  const server = await service.listen();
  try {
    return await work(service, server);
  } finally {
    await server.close();
  }
}
