import { throwError } from "rxjs";

/** Reports what code of somebody else's threw where nobody waits for it, as RxJS does with an error that nobody handles. */
export function report(cause: unknown): void {
  throwError(() => cause).subscribe();
}
