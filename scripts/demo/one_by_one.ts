import {
  type AnyOperation,
  type Operation,
  type OperationResponse,
  type OperationResult,
  ResponseError,
} from "@rxbatch/rxbatch";
import { mergeMap, type OperatorFunction } from "rxjs";

/** What people do without a batcher: one request at a time on each of some connections; `begin` is told of each. */
export function oneByOne(
  baseUrl: string,
  token: string,
  connections: number,
  begin: () => () => void = () => () => {},
): OperatorFunction<AnyOperation, OperationResult> {
  return mergeMap((operation) => {
    if (operation.method !== undefined) {
      return request(baseUrl, token, operation).finally(begin());
    }
    throw new TypeError("Cannot send what is made from answers, as nobody here keeps them");
  }, connections);
}

async function request(
  baseUrl: string,
  token: string,
  operation: Operation,
): Promise<OperationResult> {
  const { method, headers, body, context } = operation;
  const answer = await fetch(new URL(operation.url, `${baseUrl}${context}/`), {
    method,
    headers: { ...headers, Authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: body as string }),
  });
  const text = await answer.text();
  const response: OperationResponse = {
    operation,
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: text === "" ? undefined : JSON.parse(text),
    attempts: 1,
  };
  if (answer.ok) return { ok: true, operation, response };
  const error = new ResponseError(
    `Cannot complete operation ${operation.id} as its status must be below 400: current value is ${answer.status}`,
    { operation, response },
  );
  return { ok: false, operation, error };
}
