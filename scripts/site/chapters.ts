import { basename } from "node:path";
import {
  type Application,
  Comment,
  CommentTag,
  type Context,
  Converter,
  type ProjectReflection,
  ReflectionKind,
} from "typedoc";
import { textOf } from "../../test/support/sources.ts";

/** A symbol's category is the room that it comes from; the first that fits counts. */
const CATEGORIES: readonly (readonly [files: RegExp, category: string])[] = [
  [/\/src\/door\//, "Doors"],
  [/\/src\/operation\/errors\.ts$/, "Errors"],
  [/\/src\/operation\//, "Operations"],
  [/\/src\/options\//, "Options"],
  [/\/src\/observe\//, "Seeing it"],
  [/\/src\/transport\//, "Transports"],
  [/\/src\/wire\/(?:outlook|graph|odata)\/.*$/, "Options"],
  [/\/src\/wire\//, "Dialects"],
];

/** In the order in which they are shown. */
export const CATEGORY_ORDER: readonly string[] = [
  ...["Doors", "Operations", "Options", "Errors", "Seeing it", "Transports", "Dialects", "*"],
];

const TOP_LEVEL = ReflectionKind.Function | ReflectionKind.Class | ReflectionKind.Interface |
  ReflectionKind.TypeAlias | ReflectionKind.Variable;

/** Gives each symbol of the package the category of its room, unless it names one itself. */
export function categorize(application: Application): void {
  application.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }: Context) => {
    for (const reflection of project.getReflectionsByKind(TOP_LEVEL)) {
      if (!reflection.isDeclaration()) continue;
      const [source] = reflection.sources ?? [];
      const found = CATEGORIES.find(([files]) => files.test(source?.fullFileName ?? ""));
      const comments = [
        reflection.comment,
        ...(reflection.signatures ?? []).map(({ comment }) => comment),
      ].filter((comment) => comment !== undefined);
      if (found === undefined || comments.some((one) => one.getTag("@category"))) continue;
      const comment = comments[0] ?? (reflection.comment = new Comment());
      comment.blockTags.push(new CommentTag("@category", [{ kind: "text", text: found[1] }]));
    }
  });
}

/** Modules are called as people import them, and guides by their headings, in the order of docs/README.md. */
export function nameChapters(
  project: ProjectReflection,
  config: { readonly name: string; readonly exports: Readonly<Record<string, string>> },
): void {
  for (const [entry, path] of Object.entries(config.exports)) {
    const file = basename(path, ".ts");
    const module = project.children?.find(({ name }) => basename(name) === file);
    if (module !== undefined) module.name = config.name + entry.slice(1);
  }
  const order = [...textOf("docs/README.md").matchAll(/\]\((\w+\.md)\)/g)].map(([, file]) => file!);
  const placeOf = new Map<unknown, number>();
  for (const document of project.documents ?? []) {
    const file = `${document.name}.md`;
    placeOf.set(document, order.indexOf(file));
    document.name = /^# (.+)$/m.exec(textOf(`docs/${file}`))?.[1] ?? document.name;
  }
  const inOrder = (a: unknown, b: unknown) => placeOf.get(a)! - placeOf.get(b)!;
  project.documents?.sort(inOrder);
  const guides = project.documents ?? [];
  // The navigation shows this list.
  const all = project.childrenIncludingDocuments;
  if (all !== undefined) {
    project.childrenIncludingDocuments = [
      ...guides,
      ...all.filter((one) => !placeOf.has(one)),
    ];
  }
  const groups = [...project.groups ?? [], ...project.categories ?? []];
  for (const { children } of groups) {
    if (children.some((child) => placeOf.has(child))) children.sort(inOrder);
  }
}
