import ts from "typescript";
import { describe, expect, it } from "vitest";
import { readSources, walk } from "../support/sources.ts";

interface Message {
  readonly place: string;
  /** The text, each `${…}` of it as `…`. */
  readonly text: string;
}

/** The text of a string, a template, or either joined by `+`; anything else of it is a hole. */
function textOf(node: ts.Expression): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join("");
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return textOf(node.left) + textOf(node.right);
  }
  if (ts.isParenthesizedExpression(node)) return textOf(node.expression);
  return "…";
}

/** What every `new …Error(…)` under src says; a message that is handed through has nothing to check here. */
function messages(): Message[] {
  const found: Message[] = [];
  for (const { path, ast } of readSources()) {
    walk(ast, (node) => {
      if (!ts.isNewExpression(node) || !/Error$/.test(node.expression.getText())) return;
      const [message] = node.arguments ?? [];
      if (message === undefined) return;
      const text = textOf(message);
      const { line } = ast.getLineAndCharacterOfPosition(node.getStart());
      if (/[^…]/.test(text)) found.push({ place: `${path}:${line + 1}`, text });
    });
  }
  return found;
}

describe("what errors say", () => {
  const all = messages();

  it("is looked for in the right place", () => {
    expect(all.length).toBeGreaterThan(10);
  });

  it.each(all)("is a sentence of the house: $place", ({ text }) => {
    expect(text).toMatch(/^(Cannot |…)/);
    expect(text).toMatch(/ as |^…/);
    expect(text).toMatch(/: current value is .+$/);
    expect(text).not.toMatch(/[.!\s]$/);
    expect(text).not.toMatch(/n't\b/);
  });
});
