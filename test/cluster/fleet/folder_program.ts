/**
 * A program whose fleet is in a folder: `folder_program.ts FOLDER BASE_URL TOKEN`. A line of its input names a mail that it is
 * to send, or asks what waits; a line of its output says what became of one, or what waits. It may be killed at any time.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { Layer } from "effect";
import { lastValueFrom } from "rxjs";
import { createGraphBatcher, post } from "../../../mod.ts";
import { clusterBatcher, embedded, mailboxLayer } from "../../../src/cluster.ts";

const [folder = "", baseUrl, token] = process.argv.slice(2);
const mailboxes = mailboxLayer({
  create: createGraphBatcher,
  options: { baseUrl, token, concurrencyPerContext: 1 },
});
const batcher = clusterBatcher({
  layer: Layer.provideMerge(mailboxes, embedded({ folder })),
  keyOf: ({ label }) => label,
});

async function send(subject: string): Promise<void> {
  const mail = post<{ id: string }>("me/messages", { subject }, { label: subject });
  const told = await lastValueFrom(batcher.send(mail)).then(
    ({ body }) => ({ subject, id: body.id }),
    (error) => ({ subject, error: error._tag, certain: error.certain }),
  );
  console.log(JSON.stringify(told));
}

const mailbox = batcher.mailbox("me");
await mailbox.look(); // what was stored goes on from here
for await (const line of createInterface(process.stdin)) {
  if (line === "?") console.log(JSON.stringify(await mailbox.look()));
  else void send(line);
}
await batcher.close();
process.exit();
