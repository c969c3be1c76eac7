import { createOutlookBatcher } from "../../../mod.ts";
import { observe } from "../../../src/otel.ts";
import { givenToEach } from "../../options/given_to_each.ts";

givenToEach("the options of", [
  ["observe()", (options) => observe(createOutlookBatcher(), options), [
    "tracerProvider",
    "meterProvider",
    "traced",
    "scheduler",
  ]],
]);
