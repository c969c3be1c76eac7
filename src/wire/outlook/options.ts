import { kindOf } from "../../operation/check/kind.ts";
import type { KnownNames } from "../../operation/check/known_names.ts";
import { setField } from "../../operation/headers.ts";
import { serviceNames } from "../../options/names.ts";
import type { ServiceOptions } from "../../options/options.ts";
import { checkedFlag, type ServiceBase, withoutVersion } from "../service.ts";

/** What `batchOutlook` and `createOutlookBatcher` take. */
export interface OutlookOptions extends ServiceOptions {
  /**
   * Host and version; `…/api/beta/` selects the beta rules. https, or http on a loopback host.
   *
   * @default "https://outlook.office.com/api/v2.0/"
   */
  readonly baseUrl?: string | undefined;
  /**
   * The value of `x-AnchorMailbox`, with which Outlook finds the mailbox's server at once.
   *
   * @default the address in `users('…')`, if it is one
   */
  readonly anchorMailbox?: string | undefined;
  /**
   * Writes the octets of its body into each part, for a gateway that reads parts by their length.
   *
   * @default false
   */
  readonly contentLength?: boolean | undefined;
}

/** The names of all options. */
export const ownNames = (): KnownNames<OutlookOptions> => ({
  ...serviceNames(),
  baseUrl: true,
  anchorMailbox: true,
  contentLength: true,
});

const VERSION = /\/(?:v\d+(?:\.\d+)?|(beta))\/$/i;
const CONTINUE_ON_ERROR = "odata.continue-on-error";

/** @throws {TypeError} when the URL names no version */
export function isBeta(base: ServiceBase): boolean {
  const version = VERSION.exec(base.path);
  if (version === null) throw withoutVersion(base, "v2.0");
  return version[1] !== undefined;
}

/**
 * The batch's own headers but for the Content-Type.
 *
 * No Accept: Outlook applies the batch's headers to every operation (protocol A1 row 17), so it would ask each resource
 * for multipart. Without it the answer is of the request's type (OData 4.01 Protocol §11.7.1).
 */
export function batchHeaders(
  given: Readonly<Record<string, string>>,
  options: OutlookOptions,
): Readonly<Record<string, string>> {
  const { anchorMailbox } = options;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const lowerName = name.toLowerCase();
    if (lowerName === "prefer") continue;
    if (lowerName === "x-anchormailbox" && anchorMailbox !== undefined) continue;
    setField(headers, name, value);
  }
  if (anchorMailbox !== undefined) headers["x-AnchorMailbox"] = checkedAnchor(anchorMailbox);
  if (checkedFlag("continueOnError", options.continueOnError, true)) {
    headers["Prefer"] = CONTINUE_ON_ERROR;
  }
  return headers;
}

function checkedAnchor(anchorMailbox: unknown): string {
  if (typeof anchorMailbox === "string" && /^[\x21-\x7e]+$/.test(anchorMailbox)) {
    return anchorMailbox;
  }
  throw new TypeError(
    `Cannot use option anchorMailbox as it must hold visible ASCII characters only: current value is ${
      typeof anchorMailbox === "string"
        ? `a string of ${anchorMailbox.length} characters`
        : kindOf(anchorMailbox)
    }`,
  );
}
