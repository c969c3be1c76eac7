/**
 * The codec of multipart batches, for dialects of your own: requests written into `application/http` parts, and answers
 * read out of them while they come in.
 *
 * A wire that decorates another one rarely needs it; one for a service that no door speaks does
 * (`examples/azure_blobs.ts`).
 *
 * @module
 */
export { decodeBody, type PartAnswer, PartReader } from "./mime/codec/reader.ts";
export {
  FRAME_BYTES,
  partBytes,
  type PartGroup,
  type PartRequest,
  type WriteOptions,
  writeParts,
  type WrittenParts,
} from "./mime/codec/writer.ts";
export type { ReaderLimits } from "./mime/limits.ts";
export { DecodeError, LimitError, OperationError } from "./operation/errors.ts";
