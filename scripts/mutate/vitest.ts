import process from "node:process";
import { mergeConfig, type ViteUserConfig } from "vitest/config";
import config from "../../vitest.config.ts";

/** The suite, but for tests that the mutants have nothing to do with: `MUTATE_TESTS` names the others, a glob a comma. */
const narrowed: ViteUserConfig = mergeConfig(config, {});
narrowed.test!.include = process.env["MUTATE_TESTS"]!.split(",");

export default narrowed;
