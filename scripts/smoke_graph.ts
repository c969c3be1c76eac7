/**
 * Reads from the real Microsoft Graph, alone and through each form of a batch, and prints what the service did beside what
 * this library takes for granted, and a line that can be sent to us. Nothing is written, and no secret is printed.
 *
 *   GRAPH_TOKEN=… npm run smoke
 *
 * `GRAPH_USER` names the mailbox for a token that is nobody's own, `GRAPH_URL` another cloud or version.
 */
import { uri } from "@rxbatch/rxbatch";
import process from "node:process";
import { beliefsOf } from "./smoke/beliefs.ts";
import { refusalOf } from "./smoke/permission.ts";
import { probe } from "./smoke/probes.ts";
import { reportOf } from "./smoke/report.ts";

const { env } = process;
const refusal = refusalOf(env);
if (refusal === undefined) {
  const baseUrl = env["GRAPH_URL"] ?? "https://graph.microsoft.com/v1.0/";
  const mailbox = env["GRAPH_USER"] === undefined ? "me" : uri`users/${env["GRAPH_USER"]}`;
  const findings = await probe({ baseUrl, token: env["GRAPH_TOKEN"]!, fetch }, mailbox);
  const beliefs = beliefsOf(findings);
  console.log(reportOf(findings, beliefs));
  if (beliefs.some(({ holds }) => holds === false)) process.exitCode = 1;
} else {
  console.error(refusal);
  process.exitCode = 1;
}
