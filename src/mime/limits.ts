import { LimitError } from "../operation/errors.ts";

/** What a reader refuses to go beyond. */
export interface ReaderLimits {
  /** The most bytes of one part's headers. */
  readonly maxPartHeaderBytes: number;
  /** The most parts of one message, parts within parts counted too. */
  readonly maxParts: number;
  /** How deep multipart may stand in multipart; 0: not at all. */
  readonly maxNestingDepth: number;
}

/** What a reader refuses to go beyond unless it is told otherwise. */
export const DEFAULT_LIMITS: ReaderLimits = {
  maxPartHeaderBytes: 65_536,
  maxParts: 1_000,
  maxNestingDepth: 4,
};

/** The error of a header block that is too long. */
export function tooLong(maxPartHeaderBytes: number): LimitError {
  return new LimitError(
    `Cannot read a part as its headers must not be longer than ${maxPartHeaderBytes} bytes: current value is ${
      maxPartHeaderBytes + 1
    } or more`,
    { limit: "maxPartHeaderBytes" },
  );
}

/** The error of a message that has too many parts. */
export function tooMany(maxParts: number): LimitError {
  return new LimitError(
    `Cannot read a message as it must not have more than ${maxParts} parts: current value is ${
      maxParts + 1
    } or more`,
    { limit: "maxParts" },
  );
}

/** The error of a message that is nested too deep. */
export function tooDeep(maxNestingDepth: number): LimitError {
  return new LimitError(
    `Cannot read a multipart message as multipart must not be nested deeper than ${maxNestingDepth}: current value is ${
      maxNestingDepth + 1
    } or more`,
    { limit: "maxNestingDepth" },
  );
}
