import { Collector } from "../collector.ts";
import { HeadMemo } from "../http/head_memo.ts";
import { HeadTemplate } from "../http/head_template.ts";
import { type Fields, HeadScanner } from "../http/head_scanner.ts";
import { tooLong } from "../limits.ts";
import type { Octets } from "../octets.ts";
import { type TransferDecoder, transferDecoder } from "./transfer_encoding.ts";

const NOTHING: Uint8Array = /* @__PURE__ */ new Uint8Array(0);
const MULTIPART = /^multipart\//i;

/** Reading is synchronous and calls nobody, so one of each serves all parts. */
const fieldScanner = /* @__PURE__ */ new HeadScanner();
/** For the fields of a head that is the same octet by octet. */
const memo = /* @__PURE__ */ new HeadMemo<Fields>();
/** For the end and the id of a head that is the same but for its id. */
const template = /* @__PURE__ */ new HeadTemplate();

/** The fields of the block from `start` up to `end`; frozen, for parts with the same headers share them. */
function readFields(bytes: Uint8Array, start: number, end: number): Fields {
  const known = memo.length === end - start ? memo.find(bytes, start) : undefined;
  if (known !== undefined) return known;
  fieldScanner.reset(start);
  fieldScanner.scan(bytes, end, true);
  const fields = Object.freeze(fieldScanner.readFields(bytes));
  memo.keep(bytes, start, end, fields);
  return fields;
}

/** A header block, read when somebody asks for it. */
export class PartHead {
  #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  #fields: Fields | undefined;
  #contentId: string | undefined;

  /** The block is the octets of `bytes` from `start` up to `end`; `contentId`: when it is known already. */
  constructor(bytes: Uint8Array, start: number, end: number, contentId?: string) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#contentId = contentId;
  }

  /** Names in lower case. */
  get fields(): Fields {
    if (this.#fields === undefined) {
      this.#fields = readFields(this.#bytes, this.#start, this.#end);
      this.#bytes = NOTHING;
    }
    return this.#fields;
  }

  /** The field `content-id`, which may be known without the others. */
  get contentId(): string | undefined {
    return this.#contentId ??= this.fields["content-id"];
  }
}

/** Puts one part together: first its header block, then its body. One assembler serves part after part. */
export class PartAssembler {
  readonly #maxHeaderBytes: number;
  readonly #scanner = new HeadScanner(true);
  readonly #body = new Collector();
  /** The header block so far, when it did not come in one piece. */
  #kept: Uint8Array = NOTHING;
  #keptLength = 0;
  #head: PartHead | undefined;
  #decode: TransferDecoder | undefined;
  /** The Content-Type, as soon as it is known to be a multipart. */
  declare multipartType: string | undefined;

  constructor(maxHeaderBytes: number) {
    this.#maxHeaderBytes = maxHeaderBytes;
  }

  /** Whether no octet has come. */
  get isEmpty(): boolean {
    return this.#head === undefined && this.#keptLength === 0;
  }

  /**
   * Takes octets of the part: those of `chunk` from `start` up to `end`.
   *
   * @returns the beginning of the body, when these octets show that the part is a multipart
   */
  add(chunk: Uint8Array, start: number, end: number): Uint8Array | undefined {
    if (this.#head !== undefined) {
      const isWhole = start === 0 && end === chunk.length;
      this.#body.add(isWhole ? chunk : chunk.subarray(start, end));
      return undefined;
    }
    if (this.#keptLength === 0) {
      const knownEnd = template.match(chunk, start, end);
      if (knownEnd !== -1) return this.#takeKnownHead(chunk, start, knownEnd, end);
      this.#scanner.reset(start);
      const bodyStart = this.#scanner.scan(chunk, end, false);
      if (bodyStart !== -1) return this.#finishHead(chunk, start, bodyStart, end);
      this.#scanner.reset(0);
    }
    this.#keep(chunk.subarray(start, end));
    return this.#scanKept(false);
  }

  /** The part has ended. @returns what {@link add} returns, when it is the end that completes the header block */
  end(): Uint8Array | undefined {
    return this.#head === undefined ? this.#scanKept(true) : undefined;
  }

  /** The part; the assembler is ready for the next one then. */
  take(): { head: PartHead; body: Octets } {
    const body = this.#body.take();
    const part = { head: this.#head!, body: this.#decode?.(body) ?? body };
    this.reset();
    return part;
  }

  /** Makes ready for the next part. */
  reset(): void {
    this.#kept = NOTHING;
    this.#keptLength = 0;
    this.#head = undefined;
    this.#decode = undefined;
    this.multipartType = undefined;
  }

  #scanKept(isWhole: boolean): Uint8Array | undefined {
    const bodyStart = this.#scanner.scan(this.#kept, this.#keptLength, isWhole);
    if (bodyStart !== -1) return this.#finishHead(this.#kept, 0, bodyStart, this.#keptLength);
    if (this.#keptLength > this.#maxHeaderBytes) throw tooLong(this.#maxHeaderBytes);
    return undefined;
  }

  #finishHead(
    bytes: Uint8Array,
    start: number,
    bodyStart: number,
    end: number,
  ): Uint8Array | undefined {
    if (bodyStart - start > this.#maxHeaderBytes) throw tooLong(this.#maxHeaderBytes);
    this.#head = new PartHead(bytes, start, bodyStart);
    const rest = bytes.subarray(bodyStart, end);
    if (this.#scanner.mayBeMultipart) {
      const type = this.#head.fields["content-type"];
      if (type !== undefined && MULTIPART.test(type)) {
        this.multipartType = type;
        return rest;
      }
    }
    this.#decode = transferDecoder(this.#head.fields["content-transfer-encoding"]);
    // Heads that are like the one that is kept are read no further.
    if (this.#decode === undefined) template.keep(bytes, start, bodyStart);
    this.#body.add(rest);
    return undefined;
  }

  /** It is as the last one was, which was no multipart. */
  #takeKnownHead(bytes: Uint8Array, start: number, bodyStart: number, end: number): undefined {
    if (bodyStart - start > this.#maxHeaderBytes) throw tooLong(this.#maxHeaderBytes);
    const contentId = shortText(bytes, template.idStart, template.idEnd) || undefined;
    this.#head = new PartHead(bytes, start, bodyStart, contentId);
    this.#body.add(bytes.subarray(bodyStart, end));
  }

  #keep(octets: Uint8Array): void {
    const length = this.#keptLength + octets.length;
    if (length > this.#kept.length) {
      const larger = new Uint8Array(Math.max(256, 2 * length));
      larger.set(this.#kept.subarray(0, this.#keptLength));
      this.#kept = larger;
    }
    this.#kept.set(octets, this.#keptLength);
    this.#keptLength = length;
  }
}

/** Text of a few ASCII octets, for which a decoder is too dear. */
function shortText(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}
