import { partBytes, PartReader, writeParts } from "../../../src/mime.ts";
import { givenToEach } from "../../options/given_to_each.ts";

const limits = ["maxPartHeaderBytes", "maxParts", "maxNestingDepth"];
const contentType = "multipart/mixed; boundary=b";

givenToEach("the options of", [
  ["writeParts()", (options) => writeParts([], options), ["contentLength"]],
  ["partBytes()", (options) => partBytes({ method: "GET", url: "a" }, options), ["contentLength"]],
  ["a reader", (options) => new PartReader(contentType, options), limits],
]);
