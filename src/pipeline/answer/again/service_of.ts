import type { Wire } from "../../../wire/wire.ts";
import type { Entry } from "../../entry.ts";
import { safely } from "../../time/safely.ts";

/** The service that an operation is for, where its wire knows several; a wire that throws knows none. */
export function serviceOf({ built }: Entry, wire: Wire): string | undefined {
  if (built?.method === undefined || wire.serviceOf === undefined) return undefined;
  let service: string | undefined;
  safely(() => service = wire.serviceOf!(built));
  return service;
}
