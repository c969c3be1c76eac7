/**
 * Batches REST calls for RxJS: individual request observables are merged into an operator that holds back what must wait,
 * groups the rest by mailbox, buffers by count (20) or time, posts batches with controlled concurrency, and gives every
 * parsed response part back to its own subscriber.
 *
 * @module
 */
export { batch, type BatchOperator } from "./src/door/operator.ts";
export { batchingFetch } from "./src/door/batching_fetch.ts";
export type { BatchingFetchOptions, Fetch } from "./src/door/fetch/options.ts";
export { batchGraph, createGraphBatcher } from "./src/door/batch_graph.ts";
export { batchOData, createODataBatcher } from "./src/door/batch_odata.ts";
export { batchOutlook, createOutlookBatcher } from "./src/door/batch_outlook.ts";
export { type Batcher, createBatcher } from "./src/door/batcher.ts";
export {
  BatchError,
  type BatchErrorInit,
  BatchHttpError,
  BatchTimeoutError,
  ClosedError,
  DecodeError,
  type DecodeErrorInit,
  DependencyError,
  LimitError,
  type MemberFate,
  NotExecutedError,
  OperationError,
  ResponseError,
  SchemaError,
  TransportError,
} from "./src/operation/errors.ts";
export type { BatchEvent, BatchReason } from "./src/options/events.ts";
export {
  atomic,
  type AtomicInit,
  type AtomicOperation,
  type SentOperation,
} from "./src/operation/atomic.ts";
export { ref } from "./src/operation/ref.ts";
export { after, type AfterInit } from "./src/operation/after.ts";
export type {
  AnyOperation,
  BodyOf,
  DerivedOperation,
  Method,
  Operation,
  OperationBody,
  OperationInit,
} from "./src/operation/operation.ts";
export { del, get, head, merge, patch, post, put } from "./src/operation/make.ts";
export type { TokenCredential } from "./src/options/credential.ts";
export type {
  BatchOptions,
  BeforeSend,
  HeaderFunction,
  Pace,
  RetryOptions,
  ServiceOptions,
  TokenSource,
} from "./src/options/options.ts";
export { pages } from "./src/door/pages.ts";
export { toPromise } from "./src/door/to_promise.ts";
export type { OperationResponse, ResponseOf, ResponsesOf } from "./src/operation/response.ts";
export type { OperationResult, ResultOf } from "./src/operation/result.ts";
export type { SendAllOptions } from "./src/door/send_all_arguments.ts";
export type {
  StandardSchemaIssue,
  StandardSchemaProps,
  StandardSchemaResult,
  StandardSchemaV1,
} from "./src/operation/standard_schema.ts";
export { type Progress, progress } from "./src/observe/progress.ts";
export { type TraceEvent, traceEvents } from "./src/observe/trace_events.ts";
export { uri } from "./src/operation/uri.ts";
export { fetchTransport } from "./src/transport/fetch.ts";
export type {
  HttpRequest,
  HttpResponse,
  ResponseHead,
  Transport,
} from "./src/transport/transport.ts";
export { type GraphOptions, graphWire } from "./src/wire/graph/graph.ts";
export { type ODataOptions, odataWire } from "./src/wire/odata/odata.ts";
export { type OutlookOptions, outlookWire } from "./src/wire/outlook/outlook.ts";
export type {
  BatchContext,
  BatchRequest,
  BatchShape,
  Decoder,
  EncodedOperation,
  Part,
  Wire,
} from "./src/wire/wire.ts";
