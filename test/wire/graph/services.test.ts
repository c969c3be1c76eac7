import { describe, expect, it } from "vitest";
import { get, graphWire } from "../../../mod.ts";

describe("services of Graph", () => {
  it.each([
    ["me/messages", "outlook"],
    ["/me/mailFolders/inbox/messages?$top=5", "outlook"],
    ["users/danas@contoso.com/events", "outlook"],
    ["users('danas@contoso.com')/drive/root:/a/b.txt:/content", "files"],
    ["https://graph.microsoft.com/v1.0/me/drive/items/1", "files"],
    ["groups/02bd9fd6-8f93-4758-87c3-1fb73740a315/team", "teams"],
    ["drives('1')/root", "files"],
    ["sites/contoso.sharepoint.com/lists", "files"],
    ["me/chats", "teams"],
    ["me/onenote/pages", "onenote"],
    ["me/todo/lists", "todo"],
    ["planner/tasks", "planner"],
    ["me", "directory"],
    ["me?$select=mail", "directory"],
    ["users?$top=5", "directory"],
    ["users/delta", "directory"],
    ["me/memberOf", "directory"],
    ["me/constructor", undefined],
    ["search/query", undefined],
  ])("takes %s for %s", (url, service) => {
    expect(graphWire().serviceOf!(get(url))).toBe(service);
  });
});
