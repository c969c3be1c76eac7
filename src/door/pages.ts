import { Observable } from "rxjs";
import { OperationError } from "../operation/errors.ts";
import { isOperation, nameOf } from "../operation/identity.ts";
import { get } from "../operation/make.ts";
import type { DerivedOperation, Operation } from "../operation/operation.ts";
import type { OperationResponse } from "../operation/response.ts";
import type { Batcher } from "./batcher.ts";
import { checkBatcher, noOperation } from "./given.ts";
import { Page } from "./page.ts";

/**
 * Reads a collection page by page, for as long as the server says where the next one is (`@odata.nextLink`,
 * `odata.nextLink`, `d.__next`). Pages of many collections share batches: merge them.
 *
 * A page is asked for when the one before it has been delivered: while a subscriber works on one, one is under way, and
 * never more. Unsubscribing stops, so `take(3)` asks for three. Links are read before `schema` sees the body. Headers,
 * schema, account, label, ordering key, `okStatuses` and `retry` go along from page to page, `dependsOn` holds for the
 * first. A status among `okStatuses` is the last page, without a body.
 *
 * @param batcher what sends
 * @param operation the first page; a `GET`, or an action whose answer is a collection
 * @returns a cold observable of the pages in order; the last one has the `deltaLink`, if the server gave one. It fails with
 * the `BatchError` of a page, after the pages before it, and with `OperationError` when a link leads to a page that was
 * read before
 * @throws {OperationError} when `operation` has `read`: a body that is not parsed has no link; or when it is a derived or an
 * atomic one: the next page is asked for as the first one was
 * @throws {TypeError} when `batcher` is no batcher, or `operation` no operation
 *
 * @example
 * ```ts
 * import { createGraphBatcher, fetchTransport, get, pages } from "@rxbatch/rxbatch";
 * import { fakeGraph } from "@rxbatch/rxbatch/testing";
 * import { from, lastValueFrom, mergeMap, toArray } from "rxjs";
 *
 * const people = ["anna@contoso.com", "ben@contoso.com"];
 * const graph = fakeGraph({ mailboxes: { [people[0]!]: {}, [people[1]!]: {} } }); // 20 messages each
 * const batcher = createGraphBatcher({ token: graph.token, transport: fetchTransport(graph.fetch) });
 * const pages$ = from(people).pipe(
 *   mergeMap((person) => pages(batcher, get(`users/${person}/messages?$select=subject`))),
 * );
 * console.log((await lastValueFrom(pages$.pipe(toArray()))).length); // 4
 * ```
 */
export function pages<T>(
  batcher: Pick<Batcher, "send">,
  operation: Operation<T>,
): Observable<OperationResponse<T> & { readonly deltaLink?: string | undefined }> {
  checkBatcher(batcher, "read pages");
  checkFirst(operation);
  return new Observable((subscriber) => {
    const asked = new Set([operation.url]);
    let upcoming: Operation<T> | undefined = operation;
    let isTurning = false;

    /** A loop, as a batcher of the caller's may answer at once: thousands of pages must cost no stack. */
    function turn(): void {
      if (isTurning) return;
      isTurning = true;
      while (upcoming !== undefined && !subscriber.closed) {
        const page = new Page(upcoming);
        upcoming = undefined;
        subscriber.add(
          batcher.send(page.sent).subscribe({
            next: (response) => read(page, response),
            error: (error) => subscriber.error(page.failed(error)),
            complete: () => upcoming === undefined ? subscriber.complete() : turn(),
          }),
        );
      }
      isTurning = false;
    }

    function read(page: Page<T>, answer: OperationResponse<T>): void {
      const { response, links } = page.answered(answer);
      subscriber.next(
        links.delta === undefined ? response : { ...response, deltaLink: links.delta },
      );
      if (links.next === undefined) return;
      try {
        upcoming = nextPage(operation, linkOn(page.operation, links.next), asked);
      } catch (error) {
        subscriber.error(error);
      }
    }

    turn();
  });
}

/** Types do not reach every caller, and what fails here would fail at the second page, if at all. */
function checkFirst(operation: Operation | DerivedOperation): void {
  if (!isOperation(operation)) throw noOperation(operation);
  const { method } = operation;
  const refused = (rule: string, value: string) =>
    new OperationError(
      `Cannot read pages of ${nameOf(operation)} as ${rule}: current value is ${value}`,
      { operation },
    );
  if (method === undefined) {
    throw refused(
      "it must be a plain operation, for the next page is asked for as the first one was",
      "members" in operation ? "an atomic one" : "a derived one (make it of its parent's answer)",
    );
  }
  if (operation.read === undefined) return;
  throw refused("read must be left out, for links stand in parsed bodies", operation.read);
}

/** A link that is a query alone changes that of the page which it stands on. */
function linkOn({ url }: Operation, link: string): string {
  if (!link.startsWith("?")) return link;
  const query = url.indexOf("?");
  return (query === -1 ? url : url.slice(0, query)) + link;
}

function nextPage<T>(first: Operation<T>, link: string, asked: Set<string>): Operation<T> {
  if (asked.has(link)) {
    throw new OperationError(
      `Cannot read the next page as its link must not lead to one that was read before: current value is a link of ${link.length} characters, after ${asked.size} pages`,
      { operation: first },
    );
  }
  asked.add(link);
  const { headers, schema, orderingKey, idempotent, context, account, label } = first;
  const { okStatuses, retry } = first;
  return get<T>(link, {
    headers: withoutContent(headers),
    schema,
    orderingKey,
    idempotent,
    account,
    label,
    okStatuses,
    retry,
    // A whole URL names its own context, often in the server's spelling.
    context: /^(?:[a-z][a-z\d+.-]*:|\/)/i.test(link) ? undefined : context,
  });
}

/** The first page may have been an action's answer; the others are read. */
function withoutContent(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^content-/i.test(name)),
  );
}
