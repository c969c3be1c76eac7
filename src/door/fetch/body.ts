/** A body that `fetch` was given: there at once, to be read first, or of a length that nobody knows. */
export type GivenBody =
  | { readonly kind: "none"; readonly contentType?: undefined }
  | {
    readonly kind: "ready";
    readonly value: string | Uint8Array;
    readonly contentType?: string | undefined;
  }
  | {
    readonly kind: "read";
    readonly read: () => Promise<Octets>;
    readonly contentType?: string | undefined;
  }
  | { readonly kind: "stream"; readonly value: BodyInit; readonly contentType?: undefined };

/** A body as a batch takes it. */
export type Octets = string | Uint8Array | undefined;

const NONE: GivenBody = { kind: "none" };

/** Reads a body as the Fetch standard does ("extract a body"), with the Content-Type that goes with it. */
export function givenBody(body: BodyInit | undefined): GivenBody {
  if (body === undefined) return NONE;
  if (typeof body === "string") {
    return { kind: "ready", value: body, contentType: "text/plain;charset=UTF-8" };
  }
  if (body instanceof URLSearchParams) {
    const contentType = "application/x-www-form-urlencoded;charset=UTF-8";
    return { kind: "ready", value: body.toString(), contentType };
  }
  // Copied at once, as later changes to them do not count.
  if (body instanceof ArrayBuffer) return { kind: "ready", value: new Uint8Array(body.slice(0)) };
  if (ArrayBuffer.isView(body)) {
    const { buffer, byteOffset, byteLength } = body;
    return { kind: "ready", value: new Uint8Array(buffer, byteOffset, byteLength).slice() };
  }
  if (body instanceof Blob) {
    const contentType = body.type === "" ? undefined : body.type;
    return {
      kind: "read",
      read: async () => new Uint8Array(await body.arrayBuffer()),
      contentType,
    };
  }
  if (body instanceof FormData) return formBody(body);
  if (isStream(body)) return { kind: "stream", value: body };
  return { kind: "ready", value: String(body), contentType: "text/plain;charset=UTF-8" };
}

/** As a batch takes it, whatever that takes. */
export async function readWhole(body: GivenBody): Promise<Octets> {
  if (body.kind === "none") return undefined;
  if (body.kind === "ready") return body.value;
  if (body.kind === "read") return await body.read();
  return new Uint8Array(await new Response(body.value).arrayBuffer());
}

/** The platform draws the boundary and writes the form. */
function formBody(form: FormData): GivenBody {
  const written = new Response(form);
  const contentType = written.headers.get("content-type") ?? undefined;
  return {
    kind: "read",
    read: async () => new Uint8Array(await written.arrayBuffer()),
    contentType,
  };
}

/** Whatever is neither this nor one of the others is its text (Web IDL, conversion to a string). */
function isStream(body: unknown): boolean {
  return typeof body === "object" && body !== null &&
    (body instanceof ReadableStream || Symbol.asyncIterator in body);
}
