import { Collector } from "./collector.ts";
import { type Fields, HeadScanner } from "./head_scanner.ts";
import { tooLong } from "./limits.ts";

const NO_FIELDS: Fields = Object.freeze({});
const NOTHING: Uint8Array = new Uint8Array(0);

/** Puts one part together: first its header block, then its body. One assembler serves part after part. */
export class PartAssembler {
  readonly #maxHeaderBytes: number;
  readonly #scanner = new HeadScanner();
  readonly #body = new Collector();
  /** The header block so far, when it did not come in one piece. */
  #head: Uint8Array = NOTHING;
  #headLength = 0;
  #isHeadDone = false;
  /** The headers; of use when {@link add} or {@link end} has given a rest. */
  headers: Fields = NO_FIELDS;

  constructor(maxHeaderBytes: number) {
    this.#maxHeaderBytes = maxHeaderBytes;
    this.#scanner.reset(0);
  }

  /** Whether no octet has come. */
  get isEmpty(): boolean {
    return !this.#isHeadDone && this.#headLength === 0;
  }

  /** Forgets the part. */
  reset(): void {
    this.#scanner.reset(0);
    this.#head = NOTHING;
    this.#headLength = 0;
    this.#isHeadDone = false;
    this.headers = NO_FIELDS;
  }

  /**
   * Takes octets of the part.
   *
   * @returns with the octets that complete the header block: those of the body among them, which the caller sends on
   */
  add(octets: Uint8Array): Uint8Array | undefined {
    if (this.#isHeadDone) {
      this.#body.add(octets);
      return undefined;
    }
    if (this.#headLength === 0) {
      const bodyStart = this.#scanner.scan(octets, octets.length, false);
      if (bodyStart !== -1) return this.#finishHead(octets, bodyStart, octets.length);
    }
    this.#keep(octets);
    const bodyStart = this.#scanner.scan(this.#head, this.#headLength, false);
    if (bodyStart !== -1) return this.#finishHead(this.#head, bodyStart, this.#headLength);
    if (this.#headLength > this.#maxHeaderBytes) {
      throw tooLong(this.#maxHeaderBytes);
    }
    return undefined;
  }

  /** The first octets of the body, or more of them. */
  addBody(octets: Uint8Array): void {
    this.#body.add(octets);
  }

  /** The part has ended. @returns what {@link add} returns, when it is the end that completes the header block */
  end(): Uint8Array | undefined {
    if (this.#isHeadDone) return undefined;
    const bodyStart = this.#scanner.scan(this.#head, this.#headLength, true);
    return this.#finishHead(this.#head, bodyStart, this.#headLength);
  }

  /** The body in one piece. */
  takeBody(): Uint8Array {
    return this.#body.take();
  }

  #finishHead(octets: Uint8Array, bodyStart: number, end: number): Uint8Array {
    if (bodyStart > this.#maxHeaderBytes) throw tooLong(this.#maxHeaderBytes);
    this.#isHeadDone = true;
    this.headers = this.#scanner.readFields(octets);
    return octets.subarray(bodyStart, end);
  }

  #keep(octets: Uint8Array): void {
    const length = this.#headLength + octets.length;
    if (length > this.#head.length) {
      const larger = new Uint8Array(Math.max(256, 2 * length));
      larger.set(this.#head.subarray(0, this.#headLength));
      this.#head = larger;
    }
    this.#head.set(octets, this.#headLength);
    this.#headLength = length;
  }
}
