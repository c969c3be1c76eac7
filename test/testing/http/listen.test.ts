import { request } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import {
  type Clock,
  fakeOutlook,
  type FakeServer,
  type FakeService,
  type ScriptedFaults,
} from "../../../src/testing.ts";
import { BOUNDARY, creation, multipart, partsOf, post, statusesOf } from "../support.ts";

const TWO = [creation("a"), creation("b")];

const open: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** A clock that stands still, and tells when somebody begins to wait and when he gives up. */
function stillClock(): {
  clock: Clock;
  waiting: Promise<void>;
  left: Promise<void>;
  release: () => void;
} {
  const [waiting, wait] = signpost();
  const [left, leave] = signpost();
  const [released, release] = signpost();
  return {
    clock: {
      now: () => 0,
      wait(_, signal) {
        wait();
        return new Promise((resolve, reject) => {
          released.then(resolve);
          signal.addEventListener("abort", () => {
            leave();
            reject(signal.reason);
          });
        });
      },
    },
    waiting,
    left,
    release,
  };
}

function signpost(): [Promise<void>, () => void] {
  let reach: () => void = () => undefined;
  return [new Promise((resolve) => reach = resolve), () => reach()];
}

async function serving(
  options: Parameters<typeof fakeOutlook>[0] = {},
): Promise<{ fake: FakeService; server: FakeServer; url: string }> {
  const fake = fakeOutlook({ order: "request", ...options });
  const server = await fake.listen();
  open.push(server);
  return { fake, server, url: `${server.baseUrl}me/$batch` };
}

describe("listen", () => {
  it("serves on a loopback port of its own", async () => {
    const { fake, server } = await serving();
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(server.baseUrl).toBe(`${server.url}/api/v2.0/`);
    const answer = await fetch(`${server.baseUrl}me/messages?$top=2`, {
      headers: { Authorization: `Bearer ${fake.token}` },
    });
    const page = await answer.json() as { value: unknown[]; "@odata.nextLink": string };
    expect(page.value).toHaveLength(2);
    expect(page["@odata.nextLink"].startsWith(server.url)).toBe(true);
  });

  it("carries batches, with absolute URLs for its own host", async () => {
    const { fake, server, url } = await serving();
    const content = [...TWO, { url: `${server.baseUrl}me/events` }];
    expect(await statusesOf(await post(fake, content, { url, fetch }))).toEqual([201, 201, 200]);
    const foreign = [{ url: "https://outlook.office.com/api/v2.0/me/events" }];
    expect((await post(fake, foreign, { url, fetch })).status).toBe(400);
  });

  it("streams: the first part is there while the second is still being made", async () => {
    const { clock, release } = stillClock();
    const { fake, url } = await serving({
      clock,
      script: [{ name: "latency", ms: 1, on: "part", index: 1 }],
    });
    const response = await post(fake, TWO, { url, fetch });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const first = new TextDecoder().decode((await reader.read()).value);
    expect(first).toContain('"Subject":"a"');
    expect(first).not.toContain('"Subject":"b"');
    release();
    let rest = "";
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      rest += new TextDecoder().decode(step.value);
    }
    expect(rest).toContain('"Subject":"b"');
  });

  it("notices a client that leaves before the head", async () => {
    const { clock, waiting, left } = stillClock();
    const { fake, url } = await serving({ clock, script: [{ name: "latency", ms: 1 }] });
    const leaving = new AbortController();
    const rejected = expect(post(fake, TWO, { url, fetch, signal: leaving.signal })).rejects
      .toThrow();
    await waiting;
    leaving.abort();
    await Promise.all([rejected, left]);
    expect(fake.ledger.batches[0]?.aborted).toBe(true);
    expect([fake.ledger.received(), fake.ledger.carriedOut()]).toEqual([2, 0]);
  });

  it("notices a client that leaves amid the body", async () => {
    const { clock, left } = stillClock();
    const { fake, url } = await serving({
      clock,
      script: [{ name: "latency", ms: 1, on: "part", index: 1 }],
    });
    const leaving = new AbortController();
    const response = await post(fake, TWO, { url, fetch, signal: leaving.signal });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    const rejected = expect(reader.read()).rejects.toThrow();
    leaving.abort();
    await Promise.all([rejected, left]);
    expect(fake.ledger.batches[0]?.aborted).toBe(true);
    expect(fake.ledger.carriedOut()).toBe(1);
  });

  for (const fault of ["refuse", "reset", "lost"] as const) {
    it(`${fault}: the connection breaks before the head`, async () => {
      const { fake, url } = await serving({ script: [{ name: fault }] });
      await expect(post(fake, TWO, { url, fetch })).rejects.toThrow();
      expect(fake.ledger.carriedOut()).toBe(fault === "lost" ? 2 : 0);
      expect(await statusesOf(await post(fake, TWO, { url, fetch }))).toEqual([201, 201]);
    });
  }

  it("reset amid the body: the head came, the body breaks", async () => {
    const { fake, url } = await serving({
      script: [{ name: "reset", at: "after", afterBytes: 100 }],
    });
    // The bytes in front of a reset may be lost with it: a runtime may fail before the head or amid the body.
    const answer = post(fake, TWO, { url, fetch }).then((response) => response.text());
    await expect(answer).rejects.toThrow();
    expect(fake.ledger.answered()).toBe(0);
  });

  it("cut: the body just ends", async () => {
    const { fake, url } = await serving({ script: [{ name: "cut", afterBytes: 100 }] });
    expect(await (await post(fake, TWO, { url, fetch })).text()).toHaveLength(100);
  });

  it("gzip is unpacked by the client", async () => {
    const { fake, url } = await serving({ script: [{ name: "gzip" }] });
    expect(await statusesOf(await post(fake, TWO, { url, fetch }))).toEqual([201, 201]);
  });

  it("bare statuses have no body", async () => {
    const { fake, server } = await serving();
    const id = fake.items("rufus@contoso.com", "messages")[0]?.["Id"];
    const answer = await fetch(`${server.baseUrl}me/messages/${id}`, {
      method: "DELETE",
      headers: { Authorization: `Bearer ${fake.token}` },
    });
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
  });

  it("a body that comes in pieces is read whole", async () => {
    const { fake, url } = await serving();
    const bytes = new TextEncoder().encode(multipart(TWO));
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sending = request(url, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${fake.token}`,
          "Content-Type": `multipart/mixed; boundary=${BOUNDARY}`,
        },
      }, (response) => response.resume().once("end", () => resolve(response.statusCode)));
      sending.once("error", reject);
      for (let at = 0; at < bytes.length; at += 50) sending.write(bytes.subarray(at, at + 50));
      sending.end();
    });
    expect(status).toBe(200);
    expect(fake.ledger.carriedOut()).toBe(2);
  });

  it("closing it drops what is open, frees the port, and may be repeated", async () => {
    const { clock, waiting } = stillClock();
    const script: ScriptedFaults[] = [{ name: "latency", ms: 1 }];
    const { fake, server, url } = await serving({ clock, script });
    const rejected = expect(post(fake, TWO, { url, fetch })).rejects.toThrow();
    await waiting;
    await server.close();
    await rejected;
    await server.close();
    const again = await fake.listen(Number(new URL(server.url).port));
    open.push(again);
    expect(again.url).toBe(server.url);
  });

  it("a port that is taken is an error", async () => {
    const { fake, server } = await serving();
    await expect(fake.listen(Number(new URL(server.url).port))).rejects.toThrow();
  });

  it("is disposed of with its scope", async () => {
    const fake = fakeOutlook();
    let url = "";
    {
      await using server = await fake.listen();
      url = server.url;
      expect((await fetch(`${server.baseUrl}me`)).status).toBe(401);
    }
    await expect(fetch(url)).rejects.toThrow();
  });

  it("answers many at once, and large bodies whole", async () => {
    const { fake, url } = await serving();
    const large = creation("x".repeat(300_000));
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post(fake, [large, large], { url, fetch })),
    );
    for (const answer of answers) {
      const parts = await partsOf(answer);
      expect(parts.map(({ text }) => JSON.parse(text).Subject.length)).toEqual([300_000, 300_000]);
    }
  });
});
