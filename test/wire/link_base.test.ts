import { describe, expect, it } from "vitest";
import { get, OperationError } from "../../mod.ts";
import { graphWire } from "../../src/wire/graph/graph.ts";
import { odataWire } from "../../src/wire/odata/odata.ts";
import { outlookWire } from "../../src/wire/outlook/outlook.ts";
import type { Wire } from "../../src/wire/wire.ts";
import { encodeAll, sentInJson, sentInMultipart } from "./support.ts";

const PROXY = "https://proxy.example/graph/v1.0/";
const HOSTS = [
  "graph.microsoft.com",
  "graph.microsoft.us",
  "dod-graph.microsoft.us",
  "microsoftgraph.chinacloudapi.cn",
];

/** Where the batch goes, and what the operation in it asks for. */
function sent(wire: Wire, url: string): string[] {
  const { request } = encodeAll(wire, [get(url)]);
  const isJson = JSON.stringify(request.headers).includes("json");
  return [request.url, (isJson ? sentInJson(request) : sentInMultipart(request))[0]!.target];
}

describe("links of a service behind a proxy", () => {
  it.each(HOSTS)("of Graph go through the proxy, from %s too", (host) => {
    const link = `https://${host}/v1.0/users/anna@contoso.com/messages?$skip=10`;
    const wire = graphWire({ baseUrl: PROXY });
    expect(sent(wire, link)).toEqual([
      `${PROXY}$batch`,
      "/users/anna@contoso.com/messages?$skip=10",
    ]);
    expect(wire.contextOf(get(link)).name).toBe("users/anna@contoso.com");
  });

  it("of Graph are refused for another version, another cloud, another host, and without TLS", () => {
    const refused: [baseUrl: string | undefined, link: string][] = [
      [PROXY, "https://graph.microsoft.com/beta/me"],
      [PROXY, "http://graph.microsoft.com/v1.0/me"],
      [PROXY, "https://graph.microsoft.com.evil.example/v1.0/me"],
      [PROXY, "https://graph.microsoft.com@evil.example/v1.0/me"],
      [PROXY, "https://graph.microsoft.com/v1.0/me/../users/x"],
      [undefined, "https://graph.microsoft.us/v1.0/me"],
    ];
    for (const [baseUrl, link] of refused) {
      expect(() => graphWire({ baseUrl }).contextOf(get(link)), link).toThrow(OperationError);
    }
  });

  it.each<readonly [what: string, wire: Wire, link: string, sent: readonly string[]]>([
    [
      "of Graph under a name of its own",
      graphWire({ baseUrl: PROXY, linkBase: "http://inner.example:8080/g/v1.0" }),
      "http://inner.example:8080/g/v1.0/me/events?$skip=1",
      [`${PROXY}$batch`, "/me/events?$skip=1"],
    ],
    [
      "of Outlook",
      outlookWire({
        baseUrl: "https://proxy.example/o/api/v2.0/",
        linkBase: "https://outlook.office.com/api/v2.0/",
      }),
      "https://outlook.office.com/api/v2.0/Users('a@b.c')/Messages?$skip=1",
      [
        "https://proxy.example/o/api/v2.0/users('a@b.c')/$batch",
        "/o/api/v2.0/users('a@b.c')/Messages?$skip=1",
      ],
    ],
    ...[
      ["https://erp.example/odata/A?$skip=1", "https://proxy.example/erp/A?$skip=1"],
      ["/odata/A?$skip=1", "/erp/A?$skip=1"],
      ["https://proxy.example/erp/A", "https://proxy.example/erp/A"],
      ["A?$skip=1", "A?$skip=1"],
    ].map(([link, target]) =>
      [
        `of an OData service: ${link}`,
        odataWire({
          baseUrl: "https://proxy.example/erp/",
          linkBase: "https://erp.example/odata/",
        }),
        link!,
        ["https://proxy.example/erp/$batch", target!],
      ] as const
    ),
    [
      "of an OData service in JSON",
      odataWire({
        baseUrl: "https://proxy.example/erp/",
        linkBase: "https://erp.example/odata/",
        format: "json",
      }),
      "https://erp.example/odata/A?$skip=1",
      ["https://proxy.example/erp/$batch", "/erp/A?$skip=1"],
    ],
  ])("%s", (_what, wire, link, expected) => {
    expect(sent(wire, link)).toEqual(expected);
  });

  it("never lead out of the service", () => {
    const wire = odataWire({
      baseUrl: "https://proxy.example/erp/",
      linkBase: "https://erp.example/odata/",
    });
    for (const link of ["https://erp.example/admin", "https://erp.example/odata/../x", "/admin"]) {
      expect(() => wire.contextOf(get(link)), link).toThrow(OperationError);
    }
  });

  it.each([
    7,
    null,
    "",
    "erp",
    "ftp://erp.example/",
    "https://u:p@erp.example/",
    "https://e.example/?a",
  ])(
    "cannot begin with %j",
    (linkBase) => {
      const make = () => odataWire({ baseUrl: PROXY, linkBase: linkBase as string });
      expect(make).toThrow(TypeError);
      expect(make).toThrow(/^Cannot use option linkBase as .+: current value is .+$/);
    },
  );
});
