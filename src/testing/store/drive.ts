import { type Answer, Refusal } from "../http/http.ts";
import { pageOf } from "./odata_query.ts";
import { answerOf, bodyOf, type ResourceCall, shown } from "./resource_call.ts";

const PATH = "Drive/Items";

/** The files of a person, in one folder; they belong to another service than the mail. */
export function serveDrive(call: ResourceCall): Answer {
  const path = call.path.map((step) => step.toLowerCase()).join("/");
  const files = call.mailbox.collection("driveitems");
  if (path !== "drive/root/children") {
    throw new Refusal(404, "itemNotFound", "Here a drive has its root's children alone.");
  }
  if (call.call.method === "POST") {
    return answerOf(call, 201, shown(call, PATH, files.add(bodyOf(call))));
  }
  if (call.call.method !== "GET") {
    throw new Refusal(405, "notAllowed", "This resource does not take this method.", {
      Allow: "GET, POST",
    });
  }
  const show = (item: ReturnType<typeof files.list>[number]) => shown(call, PATH, item);
  const { items, nextLink } = pageOf({ stored: files.list(), show }, call.call.url, undefined);
  return answerOf(call, 200, {
    "@odata.context": `${call.root}$metadata#Collection(driveItem)`,
    value: items,
    ...(nextLink === undefined ? {} : { "@odata.nextLink": nextLink }),
  });
}
