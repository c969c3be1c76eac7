import type { LinkBase, ServiceBase } from "../service.ts";

/** Where Microsoft Graph is, in each of Microsoft's clouds (https://learn.microsoft.com/graph/deployments). */
const HOSTS: readonly string[] = [
  "graph.microsoft.com",
  "graph.microsoft.us",
  "dod-graph.microsoft.us",
  "microsoftgraph.chinacloudapi.cn",
  "graph.microsoft.de",
];

/**
 * What Graph calls itself behind a proxy: nobody else has these hosts. A program that talks to one cloud has no business
 * with the links of another, though.
 */
export function linksThrough({ host, path }: ServiceBase): readonly LinkBase[] {
  if (HOSTS.includes(host)) return [];
  const version = path.slice(path.lastIndexOf("/", path.length - 2) + 1);
  return HOSTS.map((cloud) => ({ scheme: "https:", host: cloud, path: `/${version}` }));
}
