import {
  type Batcher,
  batchGraph,
  batchOData,
  type BatchOperator,
  type BatchOptions,
  batchOutlook,
  createGraphBatcher,
  createODataBatcher,
  createOutlookBatcher,
} from "../../../mod.ts";
import {
  fakeGraph,
  type FakeOptions,
  fakeOutlook,
  type FakeService,
} from "../../../src/testing.ts";

export const PEOPLE = ["anna@contoso.com", "ben@contoso.com", "carl@contoso.com"] as const;

/** What differs from wire to wire. */
export interface JobWire {
  readonly create: (fake: FakeService, options: BatchOptions) => Batcher;
  readonly operator: (fake: FakeService, options: BatchOptions) => BatchOperator;
  readonly fake: (options: FakeOptions) => FakeService;
  /** The messages of a person. */
  readonly messages: (person: number) => string;
  /** How a property is written. */
  readonly property: (name: "Subject" | "Id") => string;
  /** A batch may hold what another operation of it depends on. */
  readonly isNative: boolean;
}

const own = (person: number): string =>
  `https://outlook.office.com/api/v2.0/users('${PEOPLE[person]}')/messages`;
const pascal = (name: string): string => name;

function graph(mixContexts: boolean): JobWire {
  return {
    create: ({ token }, options) => createGraphBatcher({ token, mixContexts, ...options }),
    operator: ({ token }, options) => batchGraph({ token, mixContexts, ...options }),
    fake: fakeGraph,
    messages: (person) => `/users/${PEOPLE[person]}/messages`,
    property: (name) => name.toLowerCase(),
    isNative: true,
  };
}

function odata(format: "multipart" | "json"): JobWire {
  const service = ({ token, baseUrl }: FakeService) => ({
    token,
    format,
    baseUrl: `${baseUrl}me/`,
    maxBatchSize: 20,
  });
  return {
    create: (fake, options) => createODataBatcher({ ...service(fake), ...options }),
    operator: (fake, options) => batchOData({ ...service(fake), ...options }),
    fake: (options) => fakeOutlook(format === "json" ? options : { ...options, order: "request" }),
    messages: () => "messages",
    property: pascal,
    isNative: format === "json",
  };
}

export const WIRES: Readonly<Record<string, JobWire>> = {
  "Outlook": {
    create: ({ token }, options) => createOutlookBatcher({ token, ...options }),
    operator: ({ token }, options) => batchOutlook({ token, ...options }),
    fake: fakeOutlook,
    messages: own,
    property: pascal,
    isNative: false,
  },
  "Graph": graph(false),
  "Graph, mailboxes mixed": graph(true),
  "OData in multipart": odata("multipart"),
  "OData in JSON": odata("json"),
};
