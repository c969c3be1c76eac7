import { Effect } from "effect";
import type { Journal } from "../journal/journal.ts";
import { patiently } from "../journal/patience.ts";
import type { Command, MailboxState } from "./entity.ts";
import type { Mailbox } from "./mailbox.ts";

/** Does what an operator asks; the journal remembers a pause for whoever takes the mailbox next. */
export function operated(
  journal: Journal,
  { mailbox, name }: { readonly mailbox: Mailbox; readonly name: string },
  command: Command,
): Effect.Effect<MailboxState> {
  const state = Effect.sync(() => mailbox.state);
  if (command === "look") return state;
  const remember = patiently(journal.pause(name, command !== "resume"));
  return Effect.andThen(remember, Effect.andThen(done(mailbox, command), state));
}

function done(mailbox: Mailbox, command: Exclude<Command, "look">): Effect.Effect<void> {
  switch (command) {
    case "pause":
      return Effect.sync(() => mailbox.pause());
    case "resume":
      return Effect.sync(() => mailbox.resume());
    case "drain":
      return Effect.callback((resume) => mailbox.drain(() => resume(Effect.void)));
  }
}
