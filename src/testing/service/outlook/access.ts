import type { House } from "../dialect.ts";
import { type Call, Refusal } from "../../http/http.ts";
import type { OutlookContext } from "./target.ts";
import type { Mailbox } from "../../store/store.ts";

/**
 * The mailbox that a context means for whoever holds the token.
 *
 * @throws {Refusal} 401 without a known token, 403 when it does not open the mailbox, 404 when there is none, 400 when
 * `x-AnchorMailbox` names another one
 */
export function openMailbox(
  call: Call,
  context: OutlookContext | undefined,
  house: House,
): Mailbox {
  const [me = "", ...others] = addressesOf(call, house);
  const mailbox = house.store.find(context?.user ?? me);
  if (mailbox === undefined) {
    throw new Refusal(
      404,
      "MailboxNotEnabledForRESTAPI",
      "REST API is not yet supported for this mailbox.",
    );
  }
  const opens = [me, ...others].some((address) => house.store.find(address) === mailbox);
  if (!opens) {
    throw new Refusal(
      403,
      "ErrorAccessDenied",
      "Access is denied: the token does not open this mailbox.",
    );
  }
  checkAnchor(call, mailbox, house);
  return mailbox;
}

function addressesOf(call: Call, { tokens }: House): readonly string[] {
  const authorization = call.headers["authorization"];
  const token = bearerIn(authorization);
  const addresses = token === undefined ? undefined : tokens.get(token);
  if (addresses !== undefined) return addresses;
  throw new Refusal(
    401,
    "InvalidAuthenticationToken",
    authorization === undefined
      ? "The request must carry an Authorization header with a bearer token."
      : "The bearer token is none that this server knows.",
    { "WWW-Authenticate": "Bearer" },
  );
}

/** RFC 6750 §2.1. */
export function bearerIn(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
}

/** Protocol A4: a wrong anchor is refused since January 2018. */
function checkAnchor(call: Call, mailbox: Mailbox, { store }: House): void {
  const anchor = call.headers["x-anchormailbox"];
  if (anchor === undefined || store.find(anchor.replace(/^smtp:/i, "")) === mailbox) return;
  throw new Refusal(
    400,
    "ErrorIncorrectRoutingHint",
    "The x-AnchorMailbox header names another mailbox than the URL.",
  );
}
