import type { MailboxSeed } from "../options.ts";
import { findFolder, WELL_KNOWN_FOLDERS } from "./mail_folder.ts";
import { Random } from "../random.ts";
import type { Vocabulary } from "./resource_call.ts";
import { type Item, Mailbox } from "./store.ts";

const PEOPLE = ["Rufus Tam", "Dana Swope", "Katie Jordan", "Garth Fort", "Alex Darrow"];
const TOPICS = ["Lunch", "Budget", "Release", "Offsite", "Contract", "Interview"];
const HOUR_MS = 3_600_000;

/** A mailbox with its folders and first items, the same for the same seed, address and time. */
export function seededMailbox(
  address: string,
  wanted: MailboxSeed,
  options: { readonly seed: number; readonly now: number; readonly vocabulary: Vocabulary },
): Mailbox {
  const { seed, now, vocabulary } = options;
  const mailbox = new Mailbox(address, seed);
  const folders = mailbox.collection("mailfolders");
  for (const name of [...WELL_KNOWN_FOLDERS, ...wanted.folders ?? []]) {
    folders.add(spelled({ DisplayName: name }, vocabulary));
  }
  const inbox = findFolder(mailbox, vocabulary, "inbox")?.id;
  const random = new Random(seed, `items ${address.toLowerCase()}`);
  const made = (count: number, make: (index: number) => Item): Item[] =>
    Array.from({ length: count }, (_, index) => spelled(make(index), vocabulary));
  const given = (
    name: "messages" | "events" | "contacts",
    count: number,
    make: (index: number) => Item,
  ): void => {
    const items = wanted[name] ?? count;
    const first = typeof items === "number" ? made(items, make) : items;
    for (const item of first) {
      const home = name === "messages" ? spelled({ ParentFolderId: inbox }, vocabulary) : {};
      mailbox.collection(name).add({ ...home, ...item });
    }
  };
  given("messages", 20, (index) => message(index, random, now, address));
  given("events", 5, (index) => event(index, random, now, address));
  given("contacts", 5, (index) => contact(index, random));
  for (const item of made(wanted.files ?? 0, (index) => ({ Name: `report ${index + 1}.txt` }))) {
    mailbox.collection("driveitems").add(item);
  }
  return mailbox;
}

function message(index: number, random: Random, now: number, owner: string): Item {
  const received = new Date(now - (index + 1) * HOUR_MS).toISOString();
  const subject = `${drawn(TOPICS, random)} ${index + 1}`;
  return {
    Subject: subject,
    BodyPreview: `About ${subject.toLowerCase()}.`,
    Body: { ContentType: "Text", Content: `About ${subject.toLowerCase()}.` },
    From: person(drawn(PEOPLE, random)),
    ToRecipients: [{ EmailAddress: { Name: owner, Address: owner } }],
    Importance: "Normal",
    IsRead: random.next() < 0.5,
    IsDraft: false,
    HasAttachments: false,
    ReceivedDateTime: received,
    SentDateTime: received,
  };
}

function event(index: number, random: Random, now: number, owner: string): Item {
  const start = now + (index + 1) * 24 * HOUR_MS;
  const at = (ms: number): Item => ({ DateTime: new Date(ms).toISOString(), TimeZone: "UTC" });
  return {
    Subject: `${drawn(TOPICS, random)} meeting ${index + 1}`,
    Organizer: { EmailAddress: { Name: owner, Address: owner } },
    Attendees: [person(drawn(PEOPLE, random))],
    Start: at(start),
    End: at(start + HOUR_MS),
    Location: { DisplayName: `Room ${random.below(9) + 1}` },
    IsAllDay: false,
  };
}

function contact(index: number, random: Random): Item {
  const name = `${drawn(PEOPLE, random)} ${index + 1}`;
  const [given = "", surname = ""] = name.split(" ");
  return {
    DisplayName: name,
    GivenName: given,
    Surname: surname,
    EmailAddresses: [person(name).EmailAddress],
  };
}

function person(name: string): { EmailAddress: { Name: string; Address: string } } {
  const [given = ""] = name.split(" ");
  return { EmailAddress: { Name: name, Address: `${given.toLowerCase()}@contoso.com` } };
}

function drawn(choices: readonly string[], random: Random): string {
  return choices[random.below(choices.length)] as string;
}

/** Properties whose value is one of several fixed ones. */
const CHOICES: ReadonlySet<string> = new Set(["Importance", "ContentType"]);

/** Names, and fixed values, at every depth in the dialect's spelling. */
function spelled(item: Item, vocabulary: Vocabulary): Item {
  return respelled(item, vocabulary) as Item;
}

function respelled(value: unknown, vocabulary: Vocabulary): unknown {
  if (Array.isArray(value)) return value.map((member: unknown) => respelled(member, vocabulary));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      vocabulary.property(name),
      CHOICES.has(name) && typeof inner === "string"
        ? vocabulary.word(inner)
        : respelled(inner, vocabulary),
    ]),
  );
}
