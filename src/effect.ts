/**
 * Effect programs: services with layers, effects with typed errors, requests, streams, spans and metrics, driven by the
 * program's own clock. It needs effect 3, from 3.9.2 on.
 *
 * An Effect user sees no Observable here, and an RxJS user needs none of this.
 *
 * @module
 */
export type { ServiceConfig } from "./effect/config.ts";
export { GraphBatch } from "./effect/graph.ts";
export { type BatchMetrics, batchMetrics } from "./effect/metrics.ts";
export { OutlookBatch } from "./effect/outlook.ts";
export { type OperationRequest, operationRequest } from "./effect/request.ts";
export { type BatchService, type EffectOptions, makeBatchService } from "./effect/service.ts";
export type { BatchTag } from "./effect/tag.ts";
export type { EffectToken } from "./effect/token.ts";
