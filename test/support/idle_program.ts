import { of } from "rxjs";
import { batchOutlook, createOutlookBatcher, fetchTransport, get } from "../../mod.ts";
import { fakeOutlook } from "../../src/testing.ts";

// A program that leaves everything open and says when it has nothing left to do.
const outlook = fakeOutlook();
const options = { token: outlook.token, transport: fetchTransport(outlook.fetch) };
createOutlookBatcher(options);
const used = createOutlookBatcher(options);
used.send(get("messages")).subscribe();
used.send(get("events")).subscribe().unsubscribe();
of(get("contacts")).pipe(batchOutlook(options)).subscribe({
  complete: () => console.log("nothing left to do"),
});
