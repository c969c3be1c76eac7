import { firstValueFrom } from "rxjs";
import { describe, expect, it } from "vitest";
import {
  type BatchError,
  createOutlookBatcher,
  fetchTransport,
  get,
  type OutlookOptions,
  TransportError,
} from "../../mod.ts";

/** What sending one operation fails with, and how many POSTs that took. */
async function failing(
  answer: () => Promise<Response>,
  options: OutlookOptions = {},
): Promise<{ readonly error: BatchError; readonly posts: number }> {
  let posts = 0;
  const transport = fetchTransport(() => {
    posts++;
    return answer();
  });
  const batcher = createOutlookBatcher({ transport, maxWaitMs: 0, ...options });
  const error = await firstValueFrom(batcher.send(get("messages"))).then(
    () => Promise.reject(new Error("it was answered")),
    (error: BatchError) => error,
  );
  return { error, posts };
}

describe("a batcher tells what is wrong with the program", () => {
  const unauthorized = () => Promise.resolve(new Response("no", { status: 401 }));

  it("a 401 to a POST without a token says that there was none", async () => {
    const { error } = await failing(unauthorized);
    expect(error.message).toMatch(/status 401, and no token was sent \(set option token\)$/);
  });

  it("a 401 to a POST with a token, or an Authorization of the caller's, does not", async () => {
    for (const options of [{ token: "t" }, { headers: { Authorization: "Basic x" } }]) {
      const { error } = await failing(unauthorized, options);
      expect(error).toMatchObject({ _tag: "BatchHttpError", status: 401 });
      expect(error.message).not.toContain("set option token");
    }
  });

  it("a permission that Deno was not given is refused at once, and the flag is named", async () => {
    const denied = Object.assign(new Error("Requires net access to contoso.com"), {
      name: "NotCapable",
    });
    const { error, posts } = await failing(() => Promise.reject(denied));
    expect(posts).toBe(1);
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ sent: false, isFinal: true, operation: { url: "messages" } });
    expect(error.message).toContain("--allow-net");
    expect(error.message).not.toContain("contoso");
    expect(error.cause).toMatchObject({ cause: denied });
  });
});
