import { describe, expect, it } from "vitest";
import { createODataBatcher, get, type HttpResponse, post } from "../../../mod.ts";
import { batchAnswer, json } from "../../support/multipart.ts";
import { describeError, Rig } from "../../support/rig.ts";

/** What becomes of a write and a read when the first POST is answered so, and the second well. */
function endsOf(first: object): { ends: string[]; posts: number } {
  const { clock } = new Rig();
  let posts = 0;
  const answers = batchAnswer([json(1), json(2)].map((part, at) => ({
    ...part,
    contentId: String(at + 1),
  })));
  const batcher = createODataBatcher({
    baseUrl: "https://svc.example/odata/",
    scheduler: clock,
    token: () => "t",
    transport: () => {
      const headers = { "content-type": "multipart/mixed; boundary=b" };
      const response = posts++ === 0 ? first : { status: 200, headers, body: [answers] };
      return [response as HttpResponse];
    },
  });
  const ends: string[] = [];
  for (const operation of [post("w", {}), get("r")]) {
    batcher.send(operation).subscribe({
      next: ({ status }) => ends.push(String(status)),
      error: (error) => ends.push(describeError(error)),
    });
  }
  clock.flush();
  return { ends, posts };
}

describe("rules 14 and 21: an answer without any body is known by its status", () => {
  it.each([null, undefined])("which a body of %s leaves as it is", (body) => {
    const answer = (status: number) => endsOf({ status, headers: {}, body });
    for (const status of [401, 408, 429]) {
      expect(answer(status)).toEqual({ ends: ["200", "200"], posts: 2 });
    }
    expect(answer(403)).toEqual({ ends: ["BatchHttpError 403", "BatchHttpError 403"], posts: 1 });
    expect(answer(204)).toEqual({ ends: ["BatchHttpError 204", "BatchHttpError 204"], posts: 1 });
  });

  it("as a Response of fetch has none", () => {
    expect(endsOf(new Response(null, { status: 429 }))).toEqual({ ends: ["200", "200"], posts: 2 });
  });
});
