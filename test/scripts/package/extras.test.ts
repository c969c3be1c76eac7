import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { filesLinkedFrom, withWholeLinks } from "../../../scripts/package/extras.ts";

const AT_TAG = "https://github.com/rxbatch/rxbatch";

describe("the published README", () => {
  it("leads to the files of its version, and shows pictures as they are", () => {
    expect(withWholeLinks("[a](docs/a.md#b) ![c](docs/c.svg) [d](#d) [e](https://e.f)", "1.2.3"))
      .toBe(
        `[a](${AT_TAG}/blob/v1.2.3/docs/a.md#b) ![c](${AT_TAG}/raw/v1.2.3/docs/c.svg) [d](#d) [e](https://e.f)`,
      );
  });

  it("leads to files that are there", () => {
    const linked = filesLinkedFrom(
      withWholeLinks(readFileSync("README.md", "utf8"), "1.2.3"),
      "1.2.3",
    );
    expect(linked.length).toBeGreaterThan(20);
    expect(linked.filter((path) => !existsSync(path))).toEqual([]);
  });

  it("refuses a link that would lead nowhere", () => {
    expect(() => filesLinkedFrom("[a](docs/a.md)", "1.2.3")).toThrow("docs/a.md leads nowhere");
  });
});
