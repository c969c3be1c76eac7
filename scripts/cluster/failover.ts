/** How long a mailbox is away when its runner is killed: until the next one has answered what was sent to it then. */
import { lastValueFrom } from "rxjs";
import { post } from "../../mod.ts";
import { clusterBatcher } from "../../src/cluster.ts";
import { clientOf, type Pace } from "./fleet.ts";
import type { Postgres } from "./postgres.ts";
import { RunnerFleet, startScript } from "./processes.ts";
import { addressOf } from "./service.ts";

/** @returns milliseconds from the kill to the answer */
export async function failoverMs(postgres: Postgres, pace: Pace): Promise<number> {
  const service = await startScript<{ baseUrl: string; token: string }>("service.ts", {
    calm: true,
  });
  const { baseUrl, token } = service.ready;
  const fleet = new RunnerFleet({
    ...{ url: postgres.url, service: baseUrl, token, hasJournal: true, pace },
  });
  for (let count = 0; count < 2; count++) await fleet.add();
  const batcher = clusterBatcher({ layer: clientOf(postgres.url, pace) });
  let runner = "";
  batcher.events.subscribe((event) => {
    if (event.type === "sent" && event.runner !== undefined) runner = event.runner;
  });
  const send = () => lastValueFrom(batcher.send(post(`users/${addressOf(0)}/messages`, {})));
  await send();
  await send();
  fleet.kill(Number(runner.split(":")[1]));
  const killedAt = performance.now();
  await send();
  const ms = Math.round(performance.now() - killedAt);
  await batcher.close();
  await fleet.endAll();
  service.child.kill();
  return ms;
}
