import type { HttpResponse, Transport } from "@rxbatch/rxbatch";
import { from, map, mergeMap, type Observable, of, reduce } from "rxjs";
import type { Draw } from "./workload.ts";

const MARK = "\u00ef\u00bb\u00bf";
const EPILOGUE = "\r\n--cs\r\n\r\nHTTP/1.1 200 OK\r\n\r\nnobody's\r\n";

/** What may be done to a multipart answer without saying whose a part is in another way than the server did. */
const SHAPES: readonly ((text: string, boundary: string, draw: Draw) => string)[] = [
  (text) => MARK + text,
  (text) => text + EPILOGUE,
  (text, boundary, draw) => nested(text, boundary, draw, 1),
  (text, boundary, draw) => nested(text, boundary, draw, 2),
];

/** A transport whose multipart answers come in shapes that servers in the wild give them, now and then. */
export function mangling(transport: Transport, draw: Draw): Transport {
  return (request) =>
    from(transport(request)).pipe(
      map((response) => {
        const boundary = /boundary=([\w-]+)/.exec(response.headers["content-type"] ?? "")?.[1];
        if (boundary === undefined || draw(8) > 0) return response;
        const shape = SHAPES[draw(SHAPES.length)]!;
        return { ...response, body: mangled(response, (text) => shape(text, boundary, draw)) };
      }),
    );
}

/** The whole body at once; an octet a character. */
function mangled({ body }: HttpResponse, shape: (text: string) => string): Observable<Uint8Array> {
  return from(body).pipe(
    reduce((text, chunk) => text + String.fromCharCode(...chunk), ""),
    mergeMap((text) => of(Uint8Array.from(shape(text), (character) => character.charCodeAt(0)))),
  );
}

/** Puts one part into a multipart of its own, so often. */
function nested(text: string, boundary: string, draw: Draw, times: number): string {
  const delimiter = `--${boundary}\r\n`;
  const [preamble, ...parts] = text.split(delimiter);
  if (parts.length === 0 || !text.includes(`--${boundary}--`)) return text;
  const at = draw(parts.length);
  const [part, rest = ""] = parts[at]!.split(`\r\n--${boundary}--`);
  const isLast = at === parts.length - 1;
  const inner = isLast ? part! : part!.replace(/\r\n$/, "");
  const members = `--cs\r\n${inner}\r\n`.repeat(times);
  parts[at] = `Content-Type: multipart/mixed; boundary=cs\r\n\r\n${members}--cs--\r\n` +
    (isLast ? `--${boundary}--${rest}` : "");
  return [preamble, ...parts].join(delimiter);
}
