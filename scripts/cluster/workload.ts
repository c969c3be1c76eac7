/** Operations in chains, for many mailboxes, and what must be true of them afterwards. */
import { type AnyOperation, type BatchError, post, type ResultOf } from "../../mod.ts";
import { addressOf, type Seen } from "./service.ts";

/** One operation of the test. */
export interface Task {
  readonly key: string;
  readonly operation: AnyOperation;
  /** The place of the one that it depends on. */
  readonly parent: number | undefined;
  /** The next of the same ordering key comes after it. */
  readonly before: number | undefined;
}

/** What a run has come to. */
export interface Verdict {
  readonly operations: number;
  readonly answered: number;
  readonly failed: number;
  readonly uncertain: number;
  readonly hung: number;
  readonly lost: number;
  readonly doubled: number;
  readonly orderBroken: number;
  readonly childrenOfFailed: number;
}

const CHAIN_LENGTH = 3;
/** One chain in so many begins with an operation that fails. */
const FAILING = 40;

/** Half of the chains by `dependsOn`, half by ordering key. */
export function tasksOf(count: number, run: string): readonly Task[] {
  const tasks: Task[] = [];
  for (let at = 0; at < count; at++) {
    const chain = Math.floor(at / CHAIN_LENGTH);
    const isFirst = at % CHAIN_LENGTH === 0;
    const depends = chain % 2 === 0;
    const fails = isFirst && depends && chain % FAILING === 0;
    const key = `${run}-${at}`;
    const path = fails ? "mailFolders/nobody/messages" : "messages";
    const operation = post(`users/${addressOf(chain)}/${path}`, { subject: key }, {
      headers: { "client-request-id": key },
      label: key,
      ...(depends && !isFirst ? { dependsOn: [tasks[at - 1]!.operation] } : {}),
      ...(depends ? {} : { orderingKey: `${run}-${chain}` }),
    });
    tasks.push({
      key,
      operation,
      parent: depends && !isFirst ? at - 1 : undefined,
      before: isFirst ? undefined : at - 1,
    });
  }
  return tasks;
}

/** Compares what clients were told with what the service did. */
export function verdictOf(
  tasks: readonly Task[],
  results: ReadonlyMap<AnyOperation, ResultOf<AnyOperation>>,
  seen: readonly Seen[],
): Verdict {
  const ran = new Map(seen.map(([key, , count, at]) => [key, { count, at }]));
  const resultOf = ({ operation }: Task) => results.get(operation);
  const isAnswered = (task: Task) => resultOf(task)?.ok === true;
  const count = (test: (task: Task) => boolean) => tasks.filter(test).length;
  const errorOf = (task: Task): BatchError | undefined => {
    const result = resultOf(task);
    return result?.ok === false ? result.error : undefined;
  };
  return {
    operations: tasks.length,
    answered: count(isAnswered),
    failed: count((task) => errorOf(task) !== undefined),
    uncertain: count((task) => {
      const error = errorOf(task);
      return error?._tag === "NotExecutedError" && !error.certain;
    }),
    hung: count((task) => resultOf(task) === undefined),
    lost: count((task) => isAnswered(task) && !ran.has(task.key)),
    doubled: count(({ key }) => (ran.get(key)?.count ?? 0) > 1),
    orderBroken: count(({ key, before }) => {
      const [mine, other] = [
        ran.get(key),
        before === undefined ? undefined : ran.get(tasks[before]!.key),
      ];
      return mine !== undefined && other !== undefined && mine.at < other.at;
    }),
    childrenOfFailed: count(({ key, parent }) =>
      parent !== undefined && ran.has(key) && errorOf(tasks[parent]!)?._tag === "ResponseError"
    ),
  };
}
