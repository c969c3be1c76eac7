import { describe, expect, it } from "vitest";
import {
  createGraphBatcher,
  createODataBatcher,
  DecodeError,
  get,
  toPromise,
  type Transport,
} from "../../../mod.ts";

const BIG = "9007199254740993";

/** Whole numbers beyond what a double holds come as BigInt. */
function parseJson(text: string): unknown {
  const quoted = text.replaceAll(/:\s*(\d{16,})/g, ':"n$1"');
  return JSON.parse(
    quoted,
    (_, value) =>
      typeof value === "string" && /^n\d+$/.test(value) ? BigInt(value.slice(1)) : value,
  );
}

function answering(contentType: string, body: string): Transport {
  return () =>
    Promise.resolve({
      status: 200,
      headers: { "content-type": contentType },
      body: [new TextEncoder().encode(body)],
    });
}

const multipart = (body: string, type = "application/json", status = "200 OK") =>
  answering(
    "multipart/mixed; boundary=b",
    `--b\r\nContent-Type: application/http\r\nContent-ID: 1\r\n\r\nHTTP/1.1 ${status}\r\n` +
      `Content-Type: ${type}\r\n\r\n${body}\r\n--b--\r\n`,
  );

const envelope = (body: string, type = "application/json") =>
  answering(
    "application/json",
    `{"responses":[{"id":"1","status":200,"headers":{"Content-Type":"${type}"},"body":${body}}]}`,
  );

const baseUrl = "https://services.example.com/odata/";
const read = async (transport: Transport, parse = parseJson) =>
  (await toPromise(createODataBatcher({ baseUrl, transport, parseJson: parse }), get("A"))).body;

describe("option parseJson", () => {
  it("gets the text of a part's body as it stood", async () => {
    expect(await read(multipart(`{"Id":${BIG}}`))).toEqual({ Id: BigInt(BIG) });
  });

  it("gets the member's own text out of a JSON batch", async () => {
    expect(await read(envelope(`{"Id": ${BIG}, "Name":"a"}`))).toEqual({
      Id: BigInt(BIG),
      Name: "a",
    });
    expect(await read(envelope('"text"'))).toBe("text");
  });

  it("gets the text of JSON that Graph sent in base64", async () => {
    const transport = envelope(`"${btoa(`{"id":${BIG}}`)}"`);
    const batcher = createGraphBatcher({ transport, parseJson });
    expect((await toPromise(batcher, get("/me"))).body).toEqual({ id: BigInt(BIG) });
  });

  it("is not asked for text, bytes, nothing, or a body that is read as it came", async () => {
    const never = () => {
      throw new Error("it was asked");
    };
    expect(await read(multipart("a", "text/plain"), never)).toBe("a");
    expect(await read(multipart("a", "image/png"), never)).toBeInstanceOf(Uint8Array);
    expect(await read(multipart(" "), never)).toBeUndefined();
    const batcher = createODataBatcher({
      baseUrl,
      transport: multipart("{}"),
      parseJson: never,
    });
    expect((await toPromise(batcher, get("A", { read: "text" }))).body).toBe("{}");
  });

  it("that throws fails its operation with DecodeError, which tells nothing of the body", async () => {
    const cause = new Error("secret");
    const failing = read(multipart('{"a":1}'), () => {
      throw cause;
    });
    await expect(failing).rejects.toBeInstanceOf(DecodeError);
    await expect(failing).rejects.toMatchObject({
      message:
        "Cannot decode a body as parseJson must take it: current value is a text of 7 characters on which it threw",
    });
  });

  it("must be a function", () => {
    const options = { baseUrl, parseJson: "JSON" as unknown as () => unknown };
    expect(() => createODataBatcher(options)).toThrow(
      "Cannot use option parseJson as it must be a function: current value is a string",
    );
  });

  it.each([["multipart", multipart], ["JSON", envelope]])(
    "makes one value for each who shares a read, prototype and all: %s",
    async (_, answer) => {
      class Amount {
        readonly text: string;

        constructor(text: string) {
          this.text = text;
        }
      }
      const batcher = createODataBatcher({
        baseUrl,
        transport: answer('{"Id":1}'),
        shareReads: true,
        parseJson: (text) => new Amount(text),
      });
      const answers = await Promise.all([1, 2].map(() => toPromise(batcher, get("A"))));
      const [one, two] = answers.map(({ body }) => body);
      expect([one, two]).toEqual([new Amount('{"Id":1}'), new Amount('{"Id":1}')]);
      expect([one, two].every((body) => body instanceof Amount)).toBe(true);
      expect(one).not.toBe(two);
    },
  );
});
