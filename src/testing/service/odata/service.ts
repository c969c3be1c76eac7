import { checkODataOptions } from "../../checked_options.ts";
import type { FakeODataOptions } from "../../odata_options.ts";
import { Entities } from "../../store/entity/entities.ts";
import { type Item, Store } from "../../store/store.ts";
import type { FakeCore, FakeODataService } from "../../surface.ts";
import { Core, serviceOn } from "../core.ts";
import { CsrfTokens } from "./csrf.ts";
import { odataDialect } from "./odata.ts";

const DEFAULT_SETS = { Customers: {}, Orders: {} };

/** An OData service with what it holds. */
export function odataServiceOf(options: FakeODataOptions): FakeODataService {
  checkODataOptions(options);
  const { token = "fake-token", entitySets = DEFAULT_SETS, csrfBatches } = options;
  const entities = new Entities();
  const csrf = csrfBatches === undefined ? undefined : new CsrfTokens(csrfBatches);
  const dialect = odataDialect(options, { entities, token, csrf });
  const house = { store: new Store(), tokens: new Map([[token, ["service"]]]) };
  const core = new Core(dialect, house, { echoContentId: true, ...options, order: "request" });
  entities.fill(entitySets);
  return serviceOn<Omit<FakeODataService, keyof FakeCore>>(core, {
    token,
    items(entitySet: string): Item[] {
      const set = entities.get(entitySet);
      if (set !== undefined) return set.list().map(({ properties }) => properties);
      throw new RangeError(
        `Cannot show items as their entity set must be known: current value is ${entitySet}`,
      );
    },
    reset(): void {
      core.reset();
      csrf?.reset();
      entities.fill(entitySets);
    },
  });
}
