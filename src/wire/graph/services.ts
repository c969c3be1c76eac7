import { readGraphContext } from "./context.ts";

/** Each throttles by itself (https://learn.microsoft.com/graph/throttling-limits): the first segment behind the context. */
const SEGMENTS: Readonly<Record<string, string>> = {
  outlook:
    "messages mailfolders sendmail mailboxsettings inferenceclassification outlook getmailtips " +
    "calendar calendars calendargroups calendarview events findmeetingtimes reminderview " +
    "contacts contactfolders people photo photos conversations threads translateexchangeids",
  files: "drive drives sites shares lists followedsites",
  teams: "chats teams team joinedteams teamwork onlinemeetings communications presence appcatalogs",
  planner: "planner",
  onenote: "onenote",
  todo: "todo",
  directory:
    "users groups directory directoryobjects directoryroles members memberof transitivemembers " +
    "transitivememberof owners ownedobjects owneddevices manager directreports devices registereddevices " +
    "applications serviceprincipals organization domains contracts",
  identity: "identity identityprotection identitygovernance policies auditlogs",
  security: "security",
  reports: "reports",
};

let services: ReadonlyMap<string, string> | undefined;

/**
 * The service behind Graph that an operation is for, which throttles by itself.
 *
 * @param target what follows the version, slash included
 * @returns `undefined` when it is none that is known
 */
export function serviceOf(target: string): string | undefined {
  const path = target.slice(1);
  const rest = path.slice(readGraphContext(path)?.length ?? 0).replace(/^\//, "");
  const [segment = ""] = rest.split(/[/?(]/, 1);
  // The user or group itself.
  return segment === "" ? "directory" : servicesBySegment().get(segment.toLowerCase());
}

function servicesBySegment(): ReadonlyMap<string, string> {
  return services ??= new Map(
    Object.entries(SEGMENTS).flatMap(([service, segments]) =>
      segments.split(" ").map((segment) => [segment, service] as const)
    ),
  );
}
