import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { root, textOf } from "./support/sources.ts";

/** What users may import, by entry; a change here is a change for them, and belongs into CHANGELOG.md. */
const entries: Readonly<Record<string, string>> =
  (JSON.parse(textOf("deno.json")) as { exports: Record<string, string> }).exports;

const paths = Object.values(entries).map((path) => join(root, path));
const program = ts.createProgram(paths, {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  allowImportingTsExtensions: true,
  noEmit: true,
  types: [],
});
const checker = program.getTypeChecker();

/** `get` is a value, `Operation` a type, `BatchError` both: `type value BatchError`. */
function namesOf(entry: string): string {
  const file = program.getSourceFile(join(root, entries[entry] ?? entry));
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${entry} is no module`);
  return checker.getExportsOfModule(module).map((symbol) => {
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    const { flags } = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
    const isExportedAsType = symbol.declarations?.every(isTypeOnlyExport) ?? false;
    const isValue = (flags & ts.SymbolFlags.Value) !== 0 && !isExportedAsType;
    const isType = (flags & ts.SymbolFlags.Type) !== 0;
    return `${isType ? "type " : ""}${isValue ? "value " : ""}${symbol.name}`;
  }).sort().join("\n");
}

function isTypeOnlyExport(declaration: ts.Declaration): boolean {
  return ts.isExportSpecifier(declaration) &&
    (declaration.isTypeOnly || declaration.parent.parent.isTypeOnly);
}

describe("the public surface", () => {
  it("has nine entries", () => {
    expect(Object.keys(entries)).toEqual([
      ".",
      "./undici",
      "./mime",
      "./schema",
      "./otel",
      "./effect",
      "./effect3",
      "./cluster",
      "./testing",
    ]);
  });

  it("of the package", () => {
    expect(namesOf(".")).toMatchInlineSnapshot(`
      "type AfterInit
      type AnyOperation
      type AtomicInit
      type AtomicOperation
      type BatchContext
      type BatchErrorInit
      type BatchEvent
      type BatchOperator
      type BatchOptions
      type BatchReason
      type BatchRequest
      type BatchShape
      type Batcher
      type BatchingFetchOptions
      type BeforeSend
      type BodyOf
      type DecodeErrorInit
      type Decoder
      type DerivedOperation
      type EncodedOperation
      type Fetch
      type GraphOptions
      type HeaderFunction
      type HttpRequest
      type HttpResponse
      type MemberFate
      type Method
      type ODataOptions
      type Operation
      type OperationBody
      type OperationInit
      type OperationResponse
      type OperationResult
      type OutlookOptions
      type Pace
      type Part
      type Progress
      type ResponseHead
      type ResponseOf
      type ResponsesOf
      type ResultOf
      type RetryOptions
      type SendAllOptions
      type SentOperation
      type ServiceOptions
      type StandardSchemaIssue
      type StandardSchemaProps
      type StandardSchemaResult
      type StandardSchemaV1
      type TokenCredential
      type TokenSource
      type TraceEvent
      type Transport
      type Wire
      type value BatchError
      type value BatchHttpError
      type value BatchTimeoutError
      type value ClosedError
      type value DecodeError
      type value DependencyError
      type value LimitError
      type value NotExecutedError
      type value OperationError
      type value ResponseError
      type value SchemaError
      type value TransportError
      value after
      value atomic
      value batch
      value batchGraph
      value batchOData
      value batchOutlook
      value batchingFetch
      value createBatcher
      value createGraphBatcher
      value createODataBatcher
      value createOutlookBatcher
      value del
      value fetchTransport
      value get
      value graphWire
      value head
      value merge
      value odataWire
      value outlookWire
      value pages
      value patch
      value post
      value progress
      value put
      value ref
      value toPromise
      value traceEvents
      value uri"
    `);
  });

  it("of ./mime", () => {
    expect(namesOf("./mime")).toMatchInlineSnapshot(`
      "type PartAnswer
      type PartGroup
      type PartRequest
      type ReaderLimits
      type WriteOptions
      type WrittenParts
      type value DecodeError
      type value LimitError
      type value OperationError
      type value PartReader
      value FRAME_BYTES
      value decodeBody
      value partBytes
      value writeParts"
    `);
  });

  it("of ./undici", () => {
    expect(namesOf("./undici")).toMatchInlineSnapshot(`
      "type HttpRequest
      type HttpResponse
      type ResponseHead
      type Transport
      type UndiciDispatcher
      value undiciTransport"
    `);
  });

  it("of ./testing", () => {
    expect(namesOf("./testing")).toMatchInlineSnapshot(`
      "type Clock
      type CutFault
      type DripFault
      type EntitySetSeed
      type FakeCore
      type FakeODataOptions
      type FakeODataService
      type FakeOptions
      type FakeServer
      type FakeService
      type Fault
      type FaultPlace
      type FaultRule
      type FaultTarget
      type HeaderRecord
      type HtmlFault
      type Item
      type LatencyFault
      type Ledger
      type LedgerBatch
      type LedgerEntry
      type MailboxSeed
      type PartsFault
      type PlainFault
      type ResetFault
      type ScriptedFaults
      type ServerOptions
      type StatusFault
      value fakeGraph
      value fakeOData
      value fakeOutlook"
    `);
  });

  it("of ./schema", () => {
    expect(namesOf("./schema")).toMatchInlineSnapshot(`
      "type CamelCase
      type CamelWord
      type Encoded
      type Entity
      type ODataErrorDetail
      type Removed
      type Selected
      type Unsaved
      type value Attachment
      type value Attendee
      type value Collection
      type value Contact
      type value DateTimeTimeZone
      type value EmailAddress
      type value Event
      type value GraphAttachment
      type value GraphContact
      type value GraphDateTimeTimeZone
      type value GraphEvent
      type value GraphItemBody
      type value GraphMailFolder
      type value GraphMessage
      type value GraphRecipient
      type value ItemBody
      type value Location
      type value MailFolder
      type value Message
      type value ODataError
      type value PhysicalAddress
      type value Recipient
      type value ResponseStatus
      value GraphOptionsSchema
      value OutlookOptionsSchema
      value camelCase
      value decode
      value encode
      value unsaved"
    `);
  });

  it("of ./otel", () => {
    expect(namesOf("./otel")).toMatchInlineSnapshot(`
      "type ObserveOptions
      type value TracedTransport
      value observe"
    `);
  });

  it("of ./effect", () => {
    expect(namesOf("./effect")).toMatchInlineSnapshot(`
      "type BatchMetrics
      type BatchService
      type BatchTag
      type CreateByConfig
      type EffectError
      type EffectOptions
      type EffectToken
      type Failing
      type GraphConfig
      type ODataConfig
      type OnEffect4
      type OperationRequest
      type OutlookConfig
      type Page
      type SendStream
      type ServiceConfig
      type value GraphBatch
      type value ODataBatch
      type value OutlookBatch
      value TypeId
      value batchMetrics
      value batchTag
      value encode
      value graphConfig
      value httpTransport
      value makeBatchService
      value models
      value odataConfig
      value operationRequest
      value outlookConfig
      value serviceConfig
      value yieldable"
    `);
  });

  it("of ./cluster", () => {
    expect(namesOf("./cluster")).toMatchInlineSnapshot(`
      "type ClusterBatcher
      type ClusterEvent
      type ClusterOptions
      type EmbeddedOptions
      type Fate
      type Journal
      type JournalEntry
      type JournalKey
      type MailboxHandle
      type MailboxLayerOptions
      type MailboxState
      type Mark
      type Outdated
      type Report
      type Seal
      type Settlement
      type Taken
      type value FolderError
      type value JournalError
      value clusterBatcher
      value embedded
      value mailboxLayer
      value memoryJournal
      value settleByHand
      value sqlJournal"
    `);
  });

  it("of ./effect3", () => {
    expect(namesOf("./effect3")).toMatchInlineSnapshot(`
      "type BatchMetrics
      type BatchService
      type BatchTag
      type CreateByConfig
      type EffectError
      type EffectOptions
      type EffectToken
      type Failing
      type GraphConfig
      type ODataConfig
      type OnEffect3
      type OperationRequest
      type OutlookConfig
      type ServiceConfig
      type value GraphBatch
      type value ODataBatch
      type value OutlookBatch
      value batchMetrics
      value batchTag
      value encode
      value graphConfig
      value makeBatchService
      value models
      value odataConfig
      value operationRequest
      value outlookConfig
      value serviceConfig
      value yieldable"
    `);
  });
});
