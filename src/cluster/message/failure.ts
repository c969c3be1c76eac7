import { Schema } from "effect";
import { BatchError } from "../../../mod.ts";
import { nameOf } from "../../operation/identity.ts";
import { WireResponse, wireResponseOf } from "./response.ts";

const Fate = Schema.Struct({
  isCulprit: Schema.Boolean,
  certain: Schema.Boolean,
  response: Schema.optionalKey(WireResponse),
});

/** An error as it stands in a message. */
export interface WireFailure {
  /** The name of its class; of an error of anybody else, that of its own class. */
  readonly tag: string;
  /** `{operation}` stands for the name of the operation, which has another number at the client; none: it is not ours. */
  readonly message?: string;
  readonly attempts?: number;
  readonly certain?: boolean;
  readonly sent?: boolean;
  readonly isFinal?: boolean;
  readonly isTruncated?: boolean;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly detail?: string;
  readonly limit?: string;
  readonly response?: WireResponse;
  readonly members?: readonly WireFate[];
  readonly cause?: WireFailure;
}

/** What became of one member of a group. */
export interface WireFate {
  readonly isCulprit: boolean;
  readonly certain: boolean;
  readonly response?: WireResponse;
}

/** An error as it stands in a message. */
export const WireFailure: Schema.Codec<WireFailure> = Schema.Struct({
  tag: Schema.String,
  message: Schema.optionalKey(Schema.String),
  attempts: Schema.optionalKey(Schema.Int),
  certain: Schema.optionalKey(Schema.Boolean),
  sent: Schema.optionalKey(Schema.Boolean),
  isFinal: Schema.optionalKey(Schema.Boolean),
  isTruncated: Schema.optionalKey(Schema.Boolean),
  status: Schema.optionalKey(Schema.Int),
  headers: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  detail: Schema.optionalKey(Schema.String),
  limit: Schema.optionalKey(Schema.String),
  response: Schema.optionalKey(WireResponse),
  members: Schema.optionalKey(Schema.Array(Fate)),
  cause: Schema.optionalKey(Schema.suspend((): Schema.Codec<WireFailure> => WireFailure)),
});

/** So deep causes go: further down nobody looks, and a circle would have no end. */
const MAX_CAUSES = 4;

/** An error as it goes into a message; of one that is not ours only the class, as it may tell what must not be stored. */
export function failureOf(error: unknown, depth = 0): WireFailure {
  if (!(error instanceof BatchError)) return { tag: error instanceof Error ? error.name : "Error" };
  const { _tag: tag, operation, attempts, cause, members } = error;
  const hasCause = cause !== undefined && depth < MAX_CAUSES;
  return {
    tag,
    message: operation === undefined
      ? error.message
      : error.message.replaceAll(nameOf(operation), "{operation}"),
    attempts,
    ...detailsOf(error),
    ...(hasCause ? { cause: failureOf(cause, depth + 1) } : {}),
    ...(members === undefined ? {} : {
      members: members.map(({ isCulprit, certain, response }) => ({
        isCulprit,
        certain,
        ...(response === undefined ? {} : { response: wireResponseOf(response) }),
      })),
    }),
  };
}

/** What a class has of its own. */
function detailsOf(error: BatchError): Partial<WireFailure> {
  switch (error._tag) {
    case "NotExecutedError":
      return { certain: error.certain };
    case "TransportError":
      return { sent: error.sent, isFinal: error.isFinal };
    case "LimitError":
      return { limit: error.limit };
    case "BatchHttpError":
      return { status: error.status, headers: error.headers, detail: error.detail };
    case "ResponseError":
      return { response: wireResponseOf(error.response), ...detailOf(error) };
    case "DecodeError": {
      const { isTruncated, status, headers, response } = error;
      return {
        isTruncated,
        ...(status === undefined ? {} : { status }),
        ...(headers === undefined ? {} : { headers }),
        ...detailOf(error),
        ...(response === undefined ? {} : { response: wireResponseOf(response) }),
      };
    }
    default:
      return {};
  }
}

function detailOf({ detail }: { readonly detail: string | undefined }): { detail?: string } {
  return detail === undefined ? {} : { detail };
}
