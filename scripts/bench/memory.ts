import process from "node:process";
import { ReadableStream } from "node:stream/web";
import type { AnyOperation } from "../../mod.ts";
import { loadCore } from "./built_package.ts";
import { Endpoint } from "./overhead/endpoint.ts";
import { nullTransport, nullWire } from "./overhead/null_wire.ts";
import { markdownTable, shown } from "./table.ts";

/**
 * Shows that memory is flat however much was sent: by `sendAll`, alone and as a web TransformStream, with every second
 * operation made from the answer of the first, and page after page of many lists:
 * `npm run build && npm run bench:memory -- [operations]`.
 */
const count = Number(process.argv[2] ?? 5_000_000);
const STEPS = 10;
const PAGES_A_LIST = 10;
/** Lists that are read at a time: as many operations are in hand as `sendAll` has. */
const LISTS_IN_HAND = 160;
const { after, createBatcher, get, pages } = await loadCore();
const collect = (globalThis as { gc?: () => void }).gc;
const transport = nullTransport(new Endpoint(true));

/** What is kept when a tenth of all has been answered, two tenths, and so on. */
class Curve {
  readonly #rows: string[][] = [];
  readonly #startMs = performance.now();
  #answered = 0;

  answered(): void {
    this.#answered++;
    if (this.#answered % (count / STEPS) !== 0) return;
    collect?.();
    const { heapUsed, rss } = process.memoryUsage();
    this.#rows.push([
      this.#answered.toLocaleString("en-US"),
      shown(heapUsed / 2 ** 20),
      shown(rss / 2 ** 20),
      shown((performance.now() - this.#startMs) / 1000),
    ]);
  }

  tell(title: string): void {
    if (this.#answered !== count) throw new Error(`${this.#answered} of ${count} were answered`);
    const head = ["answered", "heap after GC, MB", "RSS, MB", "seconds"];
    console.log(`${title}\n\n${markdownTable(head, this.#rows)}\n`);
  }
}

async function told(
  title: string,
  results: AsyncIterable<{ readonly ok: boolean }>,
): Promise<void> {
  const curve = new Curve();
  for await (const { ok } of results) if (ok) curve.answered();
  curve.tell(title);
}

function* operations() {
  for (let at = 0; at < count; at++) yield get(`messages/${at}`);
}

function* pairs(): Iterable<AnyOperation> {
  for (let at = 0; at < count; at += 2) {
    const parent = get(`messages/${at}`);
    // Made before the parent is sent, or its answer would not be kept.
    const child = after(parent, () => get(`messages/${at + 1}`));
    yield parent;
    yield child;
  }
}

/** One of its pages: `lists/7?page=3`, with a link to the next one. */
function pageAt(url: string): object {
  const [list, page = "1"] = url.split("?page=");
  const next = Number(page) + 1;
  return next > PAGES_A_LIST ? {} : { "@odata.nextLink": `${list}?page=${next}` };
}

{
  await using batcher = createBatcher(nullWire(), { transport });
  await told("sendAll", batcher.sendAll(operations()));
}
{
  await using batcher = createBatcher(nullWire(), { transport });
  const { readable, writable } = new TransformStream();
  const sent = ReadableStream.from(operations()).pipeTo(writable);
  await told("web streams", ReadableStream.from(batcher.sendAll(readable)));
  await sent;
}
{
  await using batcher = createBatcher(nullWire(), { transport });
  await told("sendAll, every second one with after", batcher.sendAll(pairs()));
}
{
  await using batcher = createBatcher(nullWire(pageAt), { transport });
  const curve = new Curve();
  let list = 0;
  const reader = async () => {
    while (list < count / PAGES_A_LIST) {
      await pages(batcher, get(`lists/${list++}`)).forEach(() => curve.answered());
    }
  };
  await Promise.all(Array.from({ length: LISTS_IN_HAND }, reader));
  curve.tell(`pages, ${PAGES_A_LIST} of each list`);
}
