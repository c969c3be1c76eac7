import {
  culpritOf,
  fatesOf,
  type GroupAnswers,
  misfitsOf,
  responsesOf,
  schemaOf,
  undecodedOf,
} from "./answer/match/group.ts";
import { GroupRules } from "./group_rules.ts";

/** What a pipeline does with atomic groups: doors hand it in whose service may know change sets, so that others ship none. */
export interface Groups {
  readonly Rules: typeof GroupRules;
  readonly answers: GroupAnswers;
}

/** For a wire that can encode a group. */
export const GROUPS: Groups = {
  Rules: GroupRules,
  answers: { culpritOf, fatesOf, misfitsOf, responsesOf, schemaOf, undecodedOf },
};
