import process from "node:process";
import { mergeConfig, type ViteUserConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import config from "../../vitest.config.ts";

/** Who failed last is asked first, and who is quick before who is slow: the first failure ends a mutant. */
class LikelyKillersFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const lastRun = ({ project, moduleId }: TestSpecification) =>
      this.ctx.cache.getFileTestResults(
        `${project.name}:${moduleId.slice(this.ctx.config.root.length + 1)}`,
      ) ?? { failed: false, duration: 0 };
    const cost = (file: TestSpecification) => {
      const { failed, duration } = lastRun(file);
      return failed ? -1 : duration;
    };
    return Promise.resolve(files.toSorted((one, other) => cost(one) - cost(other)));
  }
}

/** The suite, but for tests that the mutants have nothing to do with: `MUTATE_TESTS` names the others, as a list of globs. */
const narrowed: ViteUserConfig = mergeConfig(config, {
  test: {
    // Modules are loaded once, not once a test file.
    isolate: false,
    // An operation that a mutant leaves hanging ends its test soon.
    testTimeout: Number(process.env["MUTATE_TEST_TIMEOUT_MS"]),
    sequence: { sequencer: LikelyKillersFirst },
  },
});
narrowed.test!.include = JSON.parse(process.env["MUTATE_TESTS"]!) as string[];

export default narrowed;
