import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deadLinks } from "../../../scripts/site/dead_links.ts";

describe("dead links of a site", () => {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "site-"));
    mkdirSync(join(folder, "guides"));
    writeFileSync(join(folder, "style.css"), "");
    writeFileSync(join(folder, "guides", "order.html"), '<h2 id="chains">Chains</h2>');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("are those to a page that is not there, and to a place that is not on it", () => {
    writeFileSync(
      join(folder, "index.html"),
      '<a href="guides/order.html#chains"></a><a href="guides/order.html#none"></a>' +
        '<a class="x" href="guides/none.html"></a><img src="none.svg">',
    );
    expect(deadLinks(folder)).toEqual([
      { page: "index.html", link: "guides/order.html#none" },
      { page: "index.html", link: "guides/none.html" },
      { page: "index.html", link: "none.svg" },
    ]);
  });

  it("are none of those that lead to files, up, within the page, or elsewhere", () => {
    writeFileSync(
      join(folder, "guides", "start.html"),
      '<link href="../style.css?v=1"><p id="here"></p><a href="#here"></a><a href="order.html">' +
        '<a href="https://example.com/none"></a><a href="mailto:a@example.com"></a>',
    );
    expect(deadLinks(folder)).toEqual([]);
  });
});
