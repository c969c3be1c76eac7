import type { KnownNames } from "../../operation/check/known_names.ts";
import type {
  CutFault,
  DripFault,
  Fault,
  FaultPlace,
  FaultRule,
  HtmlFault,
  LatencyFault,
  PartsFault,
  PlainFault,
  ResetFault,
  StatusFault,
} from "./fault.ts";

const RULE: KnownNames<FaultRule> = { probability: true, times: true, when: true };
const PLACE: KnownNames<FaultPlace> = { ...RULE, on: true, index: true, carriedOut: true };
const PLAIN: KnownNames<PlainFault> = { ...RULE, name: true };
const PARTS: KnownNames<PartsFault> = { ...RULE, name: true, count: true };
const LATENCY: KnownNames<LatencyFault> = { ...PLACE, name: true, ms: true };
const STATUS: KnownNames<StatusFault> = {
  ...PLACE,
  name: true,
  status: true,
  retryAfter: true,
  code: true,
};
const HTML: KnownNames<HtmlFault> = { ...PLACE, name: true, status: true };
const RESET: KnownNames<ResetFault> = { ...RULE, name: true, at: true, afterBytes: true };
const CUT: KnownNames<CutFault> = { ...RULE, name: true, afterBytes: true };
const DRIP: KnownNames<DripFault> = { ...RULE, name: true, bytes: true, everyMs: true };

/** What each fault may have. */
export const FAULT_NAMES: Readonly<Record<Fault["name"], Readonly<Record<string, true>>>> = {
  latency: LATENCY,
  status: STATUS,
  html: HTML,
  reset: RESET,
  cut: CUT,
  drip: DRIP,
  fewer: PARTS,
  more: PARTS,
  duplicate: PARTS,
  foreign: PARTS,
  refuse: PLAIN,
  lost: PLAIN,
  stop: PLAIN,
  shuffle: PLAIN,
  reorder: PLAIN,
  boundary: PLAIN,
  json: PLAIN,
  gzip: PLAIN,
};
