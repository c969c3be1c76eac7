/**
 * Effect programs: services with layers, effects with typed errors, requests, streams, spans and metrics, driven by the
 * program's own clock. It needs effect 3, from 3.9.2 on.
 *
 * An Effect user sees no Observable here, and an RxJS user needs none of this.
 *
 * @module
 */

export { type EffectError, type Failing, yieldable } from "./effect3/send/errors.ts";
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
} from "./effect3/service/config.ts";
export type { EffectOptions } from "./effect3/service/options.ts";
export { GraphBatch } from "./effect3/service/graph.ts";
export { type BatchMetrics, batchMetrics } from "./effect3/observe/metrics.ts";
export { encode } from "./effect3/models/encode.ts";
/**
 * The models of mail, calendars and people for effect's own Schema; `Graph…` are in Graph's spelling.
 *
 * @since 0.2.0
 * @category schemas
 */
export * as models from "./effect3/models/models.ts";
export { ODataBatch } from "./effect3/service/odata.ts";
export { OutlookBatch } from "./effect3/service/outlook.ts";
export { type OperationRequest, operationRequest } from "./effect3/send/request.ts";
export { type BatchService, makeBatchService } from "./effect3/service/service.ts";
export { type BatchTag, batchTag } from "./effect3/service/tag.ts";
export type { OnEffect3 } from "./effect3/version.ts";
export type { EffectToken } from "./effect3/program/token.ts";
