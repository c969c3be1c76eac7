/**
 * Tokens from @azure/identity: a credential is a `token` as it is, with `scopes` beside it. It keeps its own cache, and is
 * told the claims that a 401 asks for.
 *
 *   npx tsx examples/azure_identity.ts
 */
import {
  ChainedTokenCredential,
  CredentialUnavailableError,
  type GetTokenOptions,
  type TokenCredential,
} from "@azure/identity";
import { createGraphBatcher, fetchTransport, get, toPromise } from "@rxbatch/rxbatch";
import { fakeGraph } from "@rxbatch/rxbatch/testing";

const SCOPE = "https://graph.microsoft.com/.default";
const graph = fakeGraph();
let asked = 0;

/** On this machine nobody has signed in. */
const signedOut: TokenCredential = {
  getToken: () => Promise.reject(new CredentialUnavailableError("Nobody has signed in")),
};

/** In place of Entra ID, which cannot be reached offline. */
const offline: TokenCredential = {
  getToken(scopes: string | string[], _options?: GetTokenOptions) {
    if (![scopes].flat().includes(SCOPE)) return Promise.resolve(null);
    asked++;
    return Promise.resolve({
      token: graph.token,
      expiresOnTimestamp: Date.now() + 3_600_000,
    });
  },
};

// In your program: new DefaultAzureCredential(), or whatever fits; no fake and no transport.
const credential = new ChainedTokenCredential(signedOut, offline);
await using batcher = createGraphBatcher({
  token: credential,
  scopes: SCOPE,
  transport: fetchTransport(graph.fetch),
});
const inbox = Array.from(
  { length: 20 },
  () => toPromise(batcher, get("/me/messages?$top=1")),
);
const answers = await Promise.all(inbox);
console.log(`${answers.length} answers, ${graph.posts} batch, ${asked} token`);
