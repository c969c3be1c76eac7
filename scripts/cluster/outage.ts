/** What can happen to a database while a fleet works. */
import type { Postgres } from "./postgres.ts";

/** One of these. */
export type Outage = "halted" | "full";

/** So long nobody can write anything. */
const OUTAGE_MS = 4_000;
const TABLES = ["cluster_messages", "cluster_replies", "rxbatch_mark", "rxbatch_mailbox"];

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Lets it happen, and ends it. */
export async function suffer(postgres: Postgres, outage: Outage): Promise<void> {
  await (outage === "halted" ? postgres.halt() : postgres.run(FULL));
  await wait(OUTAGE_MS);
  await (outage === "halted" ? postgres.start() : postgres.run(EMPTIED));
}

/** Each write fails as it does where a disk is full: with SQLSTATE 53100, and nothing is written. */
const FULL = `
  CREATE OR REPLACE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END
  $$;
  ${
  TABLES.map((table) =>
    `CREATE TRIGGER disk_full BEFORE INSERT OR UPDATE ON ${table}
     FOR EACH STATEMENT EXECUTE FUNCTION disk_full();`
  ).join("\n")
}`;

const EMPTIED = TABLES.map((table) => `DROP TRIGGER disk_full ON ${table};`).join("\n");
