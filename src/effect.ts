/**
 * Effect programs, from effect 4.1 on: services with layers, effects with typed errors, requests, streams, pages, spans and
 * metrics, driven by the program's own clock. `./effect3` is for effect 3.
 *
 * An Effect user sees no Observable here, and an RxJS user needs none of this.
 *
 * @module
 */

export {
  type CreateByConfig,
  type GraphConfig,
  graphConfig,
  type ODataConfig,
  odataConfig,
  type OutlookConfig,
  outlookConfig,
  type ServiceConfig,
  serviceConfig,
} from "./effect/service/config.ts";
export type { EffectOptions } from "./effect/service/options.ts";
export { GraphBatch } from "./effect/service/graph.ts";
export { type EffectError, type Failing, yieldable } from "./effect/send/errors.ts";
export { type BatchMetrics, batchMetrics } from "./effect/observe/metrics.ts";
export { ODataBatch } from "./effect/service/odata.ts";
export { OutlookBatch } from "./effect/service/outlook.ts";
export { encode } from "./effect/models/encode.ts";
/**
 * The models of mail, calendars and people for effect's own Schema; `Graph…` are in Graph's spelling.
 *
 * @since 0.2.0
 * @category schemas
 */
export * as models from "./effect/models/models.ts";
export type { Page } from "./effect/send/pages.ts";
export { type OperationRequest, operationRequest } from "./effect/send/request.ts";
export {
  type BatchService,
  makeBatchService,
  type SendStream,
  TypeId,
} from "./effect/service/service.ts";
export { type BatchTag, batchTag } from "./effect/service/tag.ts";
export type { OnEffect4 } from "./effect/version.ts";
export { httpTransport } from "./effect/program/http_transport.ts";
export type { EffectToken } from "./effect/program/token.ts";
