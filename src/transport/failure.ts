import { TransportError } from "../operation/errors.ts";

/** What the platform calls its failures: `ECONNRESET`, `UND_ERR_SOCKET`; anything else might hold an address. */
const PLATFORM_CODE = /^[A-Za-z][A-Za-z0-9_]*$/;

/** Nothing was sent, and that is certain: sending it again does no harm. */
export function notSent(cause: unknown): TransportError {
  return new TransportError(
    `Cannot send the request as it needs a connection: current value is ${codeOf(cause)}`,
    { cause, sent: false },
  );
}

/** The program may not reach the host: nothing was sent, and no repetition changes that. */
export function denied(cause: unknown): TransportError {
  return new TransportError(
    "Cannot send the request as the program must be allowed to reach its host: current value is NotCapable (run Deno with --allow-net, or with --allow-net= and the host of baseUrl)",
    { cause, sent: false, isFinal: true },
  );
}

/** The connection ended before the answer did; whether the server worked is unknown. */
export function cutOff(cause: unknown): TransportError {
  return new TransportError(
    `Cannot read the answer as the connection must last to its end: current value is ${
      codeOf(cause)
    }`,
    { cause, sent: true },
  );
}

/** Somebody aborted the signal while it was still in use. */
export function aborted(signal: AbortSignal, sent: boolean): TransportError {
  return new TransportError(
    "Cannot finish the request as its signal must stay quiet until then: current value is aborted",
    { cause: signal.reason, sent },
  );
}

/** A body is a stream that comes once. */
export function alreadyRead(): TransportError {
  return new TransportError(
    "Cannot read the answer as its body comes only once: current value is a second subscriber",
  );
}

/** A code never holds a URL or an address, which a message does: `connect ECONNREFUSED 10.0.0.1:443`. */
function codeOf(error: unknown): string {
  const causes = causesOf(error);
  const codes = causes.map(({ code }) => code);
  const known = codes.find((code) => typeof code === "string" && PLATFORM_CODE.test(code));
  return known as string | undefined ?? causes.at(-1)?.name ?? "unknown";
}

/** An error as a platform makes it. */
interface PlatformError extends Error {
  readonly code?: unknown;
  readonly syscall?: unknown;
}

/** An error, what it was caused by, and so on: platforms wrap theirs, but not without end. */
export function causesOf(error: unknown): readonly PlatformError[] {
  const causes: PlatformError[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 4; cause = cause.cause) {
    causes.push(cause);
  }
  return causes;
}
