import { Effect, Layer } from "effect";
import { lastValueFrom } from "rxjs";
import {
  type AnyOperation,
  type Batcher,
  type BatchError,
  createGraphBatcher,
  createODataBatcher,
  fetchTransport,
  type GraphOptions,
  type ODataOptions,
  odataWire,
  type OperationResponse,
  type Transport,
} from "../../mod.ts";
import {
  type ClusterBatcher,
  clusterBatcher,
  type ClusterOptions,
  embedded,
  type Journal,
  mailboxLayer,
  type Seal,
} from "../../src/cluster.ts";
import { fakeGraph, type FakeOptions, type FakeService } from "../../src/testing.ts";

/** The ways to a mailbox that have to mean the same. */
export const WAYS = ["direct", "through the cluster"] as const;

/** One of them. */
export type Way = (typeof WAYS)[number];

/** What a test changes of a fleet of one. */
export interface FleetOptions {
  readonly graph?: GraphOptions;
  readonly client?: Partial<ClusterOptions>;
  readonly journal?: Journal;
  readonly seal?: Seal;
  readonly maxQueued?: number;
  readonly maxQueuedInFleet?: number;
}

/** A fleet of one before a service. */
export function fleetOf(service: FakeService, options: FleetOptions = {}): ClusterBatcher {
  const { client, graph, journal, maxQueued, maxQueuedInFleet, seal } = options;
  const mailboxes = mailboxLayer({
    create: createGraphBatcher,
    options: {
      token: service.token,
      transport: fetchTransport(service.fetch),
      retry: { baseDelayMs: 1 },
      maxWaitMs: 1,
      ...graph,
    },
    ...(journal === undefined ? {} : { journal: Effect.succeed(journal) }),
    seal,
    maxQueued,
    maxQueuedInFleet,
  });
  return clusterBatcher({
    layer: Layer.provideMerge(mailboxes, embedded()),
    maxWaitMs: 1,
    seal,
    ...client,
  });
}

/** A batcher before a fake of Graph, one way or the other. */
export function graphBy(
  way: Way,
  { fake, graph }: { readonly fake?: FakeOptions; readonly graph?: GraphOptions } = {},
): { readonly service: FakeService; readonly batcher: Batcher } {
  const service = fakeGraph(fake);
  if (way === "through the cluster") {
    return { service, batcher: fleetOf(service, graph === undefined ? {} : { graph }) };
  }
  const batcher = createGraphBatcher({
    token: service.token,
    transport: fetchTransport(service.fetch),
    retry: { baseDelayMs: 1 },
    maxWaitMs: 1,
    ...graph,
  });
  return { service, batcher };
}

/** A batcher before an OData service, one way or the other. */
export function odataBy(
  way: Way,
  transport: Transport,
  given: Partial<ODataOptions> = {},
): Batcher {
  const options: ODataOptions = {
    baseUrl: "https://odata.example/v4/",
    format: "json",
    retry: false,
    maxWaitMs: 1,
    ...given,
    transport,
  };
  if (way === "direct") return createODataBatcher(options);
  const mailboxes = mailboxLayer({ create: createODataBatcher, options });
  return clusterBatcher({
    layer: Layer.provideMerge(mailboxes, embedded()),
    wire: odataWire({ baseUrl: options.baseUrl, format: "json" }),
    maxWaitMs: 1,
  });
}

/** The answer, or the error. */
export function answerTo<T>(
  batcher: Batcher,
  operation: AnyOperation<T>,
): Promise<OperationResponse<T>> {
  return lastValueFrom(batcher.send(operation));
}

/** The error, of an operation that has to fail. */
export async function errorOf(batcher: Batcher, operation: AnyOperation): Promise<BatchError> {
  try {
    await answerTo(batcher, operation);
  } catch (error) {
    return error as BatchError;
  }
  throw new Error("it was answered");
}

/** Lets everything run until it is so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise<void>((resolve) => setImmediate(resolve));
}
