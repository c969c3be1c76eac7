import type { AtomicOperation } from "../../../operation/atomic.ts";
import { checkedResult } from "../../../operation/check/schema_result.ts";
import type { MemberFate } from "../../../operation/errors.ts";
import type { Operation } from "../../../operation/operation.ts";
import type { OperationResponse } from "../../../operation/response.ts";
import type {
  StandardSchemaIssue,
  StandardSchemaResult,
  StandardSchemaV1,
} from "../../../operation/standard_schema.ts";
import type { Part } from "../../../wire/wire.ts";
import { isPromise } from "../../../operation/check/promise.ts";
import { answersIn, partsOfMembers } from "./place.ts";

/** A member of a group, and what its own part said. */
interface MemberPart {
  readonly operation: Operation;
  readonly part: Part | undefined;
}

/** What the answer to a group means; a door whose service knows no groups ships none of it. */
export interface GroupAnswers {
  readonly culpritOf: typeof culpritOf;
  readonly responsesOf: typeof responsesOf;
  readonly fatesOf: typeof fatesOf;
  readonly undecodedOf: typeof undecodedOf;
  readonly misfitsOf: typeof misfitsOf;
  readonly schemaOf: typeof schemaOf;
}

/** Each member with its part (design rule 31); in a place that fits the group there is no doubt about them. */
function memberParts(group: AtomicOperation, place: Part): readonly MemberPart[] {
  const parts = partsOfMembers(place, group.members.length)!;
  return group.members.map((operation, at) => ({ operation, part: parts[at] }));
}

/** The part whose error is the group's: one that is not the echo of another member's. */
export function culpritOf(group: AtomicOperation, place: Part): Part | undefined {
  const isWhole = answersIn(place).length === group.members.length;
  const accepted = memberParts(group, place).filter(({ operation, part }) =>
    isWhole && operation.okStatuses?.includes(part!.status) === true
  ).map(({ part }) => part);
  const errors = answersIn(place).filter(({ status }) => status >= 400);
  const failed = errors.filter((part) => !accepted.includes(part));
  if (failed.length === 0) return undefined;
  // A 424 says that another one failed: what its member would take for an answer was no answer to the service then.
  const isEcho = ({ status }: Part) => status === 424;
  return failed.find((part) => !isEcho(part)) ?? errors.find((part) => !isEcho(part)) ?? failed[0];
}

/**
 * The responses of all members, as the group's body.
 *
 * @throws {DecodeError} when the body of one cannot be decoded
 */
export function responsesOf(
  group: AtomicOperation,
  place: Part,
  attempts: number,
): readonly OperationResponse<unknown>[] {
  return memberParts(group, place).map(({ operation, part }) => {
    const { status, headers } = part!;
    const body = operation.okStatuses?.includes(status) === true
      ? undefined
      : part!.readBody(operation);
    return { operation, status, headers, body, attempts };
  });
}

/** The part whose body cannot be decoded. */
export function undecodedOf(group: AtomicOperation, place: Part): Part | undefined {
  return memberParts(group, place).find(({ operation, part }) => {
    // Of what its member takes for an answer the body is not read.
    if (operation.okStatuses?.includes(part!.status) === true) return false;
    try {
      part!.readBody(operation);
      return false;
    } catch {
      return true;
    }
  })?.part;
}

/** What became of each member of a group that failed, whatever its own part says. */
export function fatesOf(
  group: AtomicOperation,
  place: Part,
  { culprit, attempts, certain }: {
    culprit: Part | undefined;
    attempts: number;
    certain: boolean;
  },
): readonly MemberFate[] {
  return memberParts(group, place).map(({ operation, part }) => {
    const isCulprit = part === culprit;
    if (part === undefined) return { operation, isCulprit, certain, response: undefined };
    const { status, headers } = part;
    const response = { operation, status, headers, body: bodyOf(part, operation), attempts };
    return { operation, isCulprit, certain, response };
  });
}

/** One schema for the tuple: that of each member for its own body; `undefined` when no member has any. */
export function schemaOf({ members }: AtomicOperation): StandardSchemaV1 | undefined {
  if (members.every(({ schema }) => schema === undefined)) return undefined;
  return {
    "~standard": {
      version: 1,
      vendor: "rxbatch",
      validate: (body) => validate(body as readonly OperationResponse<unknown>[]),
    },
  };
}

type Result = StandardSchemaResult<unknown>;

function validate(responses: readonly OperationResponse<unknown>[]): Result | Promise<Result> {
  const results = responses.map(({ operation: { schema }, status, body }) =>
    schema === undefined || status > 299 ? { value: body } : schema["~standard"].validate(body)
  );
  return results.some(isPromise)
    ? Promise.all(results).then((settled) => merged(responses, settled))
    : merged(responses, results as readonly Result[]);
}

function merged(
  responses: readonly OperationResponse<unknown>[],
  results: readonly Result[],
): Result {
  const issues = results.flatMap((result, at) =>
    (checkedResult(result).issues ?? []).map((issue) => ({
      ...issue,
      path: [at, "body", ...issue.path ?? []],
    }))
  );
  // None told is no success either, as it is with an operation by itself.
  if (results.some((result) => result.issues !== undefined)) return { issues };
  const values = results as readonly { readonly value: unknown }[];
  return { value: responses.map((response, at) => ({ ...response, body: values[at]!.value })) };
}

/** What became of each member whose group was carried out, and does not fit: the issues say where. */
export function misfitsOf(
  responses: readonly OperationResponse<unknown>[],
  issues: readonly StandardSchemaIssue[] = [],
): readonly MemberFate[] {
  const culprits = new Set(issues.map(({ path }) => path?.[0]));
  return responses.map((response, at) => ({
    operation: response.operation as Operation,
    isCulprit: culprits.has(at),
    certain: false,
    response,
  }));
}

function bodyOf(part: Part, operation: Operation): unknown {
  try {
    return part.readBody(operation);
  } catch {
    return undefined;
  }
}
