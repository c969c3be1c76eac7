import type { TokenCredential } from "@azure/core-auth";
import { firstValueFrom, of } from "rxjs";
import { describe, expect, it } from "vitest";
import { createGraphBatcher, get, type HttpRequest, type Transport } from "../../../../mod.ts";

const SCOPE = "https://graph.microsoft.com/.default";
const CLAIMS = '{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}';

/** A Graph that answers each POST by the token that it brings, and keeps those. */
function graphTaking(
  statusOf: (token: string) => number,
  challenge = `Bearer realm="", error="insufficient_claims", claims="${btoa(CLAIMS)}"`,
): { transport: Transport; tokens: string[] } {
  const tokens: string[] = [];
  const transport = ({ headers, body }: HttpRequest) => {
    const token = headers["Authorization"]!.replace("Bearer ", "");
    tokens.push(token);
    const { requests } = JSON.parse(new TextDecoder().decode(body)) as {
      requests: { id: string }[];
    };
    const status = statusOf(token);
    const text = status === 401
      ? '{"error":{"code":"InvalidAuthenticationToken"}}'
      : JSON.stringify({ responses: requests.map(({ id }) => ({ id, status: 200 })) });
    return of({
      status,
      headers: { "content-type": "application/json", "www-authenticate": challenge },
      body: [new TextEncoder().encode(text)],
    });
  };
  return { transport, tokens };
}

/** A credential that gives these in turn, and keeps what it was asked. */
function credentialOf(...given: (string | null)[]): {
  credential: TokenCredential;
  asked: unknown[];
} {
  const asked: unknown[] = [];
  return {
    asked,
    credential: {
      getToken: (scopes, options) => {
        const { abortSignal, ...others } = options ?? {};
        asked.push([scopes, others, abortSignal?.aborted]);
        const token = given.length > 1 ? given.shift()! : given[0]!;
        return Promise.resolve(token === null ? null : { token, expiresOnTimestamp: 0 });
      },
    },
  };
}

describe("a credential as token", () => {
  it("is asked for its scopes, once for all that wait, whatever their mailbox", async () => {
    const { transport, tokens } = graphTaking(() => 200);
    const { credential, asked } = credentialOf("first");
    const batcher = createGraphBatcher({
      token: credential,
      scopes: SCOPE,
      transport,
      mixContexts: false,
    });
    const urls = Array.from({ length: 3 }, (_, at) => `/users/p${at}/messages`);
    const sent = urls.map((url) => firstValueFrom(batcher.send(get(url))));
    // All lanes ask in one run.
    batcher.flush();
    await Promise.all(sent);
    expect(tokens).toEqual(["first", "first", "first"]);
    expect(asked).toEqual([[[SCOPE], {}, false]]);
  });

  it("is handed the claims that a 401 wants of the next token", async () => {
    const { transport, tokens } = graphTaking((token) => token === "old" ? 401 : 200);
    const { credential, asked } = credentialOf("old", "new");
    const batcher = createGraphBatcher({ token: credential, scopes: [SCOPE, "b"], transport });
    await firstValueFrom(batcher.send(get("/me")));
    expect(tokens).toEqual(["old", "new"]);
    expect(asked).toStrictEqual([[[SCOPE, "b"], {}, false], [
      [SCOPE, "b"],
      { claims: CLAIMS },
      false,
    ]]);
  });

  it("gives no batch a token that was refused while others waited for the same", async () => {
    const { transport, tokens } = graphTaking((token) => token === "old" ? 401 : 200);
    const { credential } = credentialOf("old", "new");
    const batcher = createGraphBatcher({
      token: credential,
      scopes: SCOPE,
      transport,
      mixContexts: false,
    });
    const urls = Array.from({ length: 4 }, (_, at) => `/users/p${at}/messages`);
    const sent = urls.map((url) => firstValueFrom(batcher.send(get(url))));
    // All lanes ask in one run.
    batcher.flush();
    await Promise.all(sent);
    expect(tokens).toEqual(["old", ...urls.map(() => "new")]);
  });

  it("is asked again without claims where a 401 wants none", async () => {
    const { transport, tokens } = graphTaking((token) => token === "old" ? 401 : 200, "Bearer");
    const { credential, asked } = credentialOf("old", "new");
    const batcher = createGraphBatcher({ token: credential, scopes: SCOPE, transport });
    await firstValueFrom(batcher.send(get("/me")));
    expect(tokens).toEqual(["old", "new"]);
    expect(asked).toEqual([[[SCOPE], {}, false], [[SCOPE], {}, false]]);
  });

  it("that has none fails the batch as not executed", async () => {
    const { transport, tokens } = graphTaking(() => 200);
    const { credential } = credentialOf(null);
    const batcher = createGraphBatcher({ token: credential, scopes: SCOPE, transport });
    await expect(firstValueFrom(batcher.send(get("/me")))).rejects.toMatchObject({
      _tag: "NotExecutedError",
      certain: true,
      cause: { message: expect.stringMatching(/current value is null/) },
    });
    expect(tokens).toEqual([]);
  });

  it("opens no account, of which it is told nothing", async () => {
    const { transport } = graphTaking(() => 200);
    const { credential, asked } = credentialOf("first");
    const batcher = createGraphBatcher({ token: credential, scopes: SCOPE, transport });
    await expect(firstValueFrom(batcher.send(get("/me", { account: "a" })))).rejects.toMatchObject({
      _tag: "OperationError",
    });
    expect(asked).toEqual([]);
  });

  it.each([
    ["no scopes", undefined, true],
    ["no scope among them", [], true],
    ["an empty scope", "", true],
    ["a scope that is no string", [7], true],
    ["scopes without a credential", SCOPE, false],
  ])("is refused with %s", (_what, scopes, hasCredential) => {
    const { credential } = credentialOf("first");
    const make = () =>
      createGraphBatcher({
        token: hasCredential ? credential : "token",
        scopes: scopes as string | undefined,
      });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(/^Cannot use option scopes as .+: current value is .+$/);
  });
});
