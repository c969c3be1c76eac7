import { AST, Schema } from "@effect/schema";
import { camelWord } from "./fields/field.ts";
import type { CamelCase, Unsaved } from "./fields/shape.ts";

export type { CamelCase, CamelWord, Encoded, Selected, Unsaved } from "./fields/shape.ts";

/**
 * Makes Graph's camelCase schema of one in Outlook's PascalCase: property names and fixed values, at every depth. All the
 * `Graph…` models are made with it.
 *
 * @param schema built of structs, records, arrays, unions and literals; whatever transforms a value (a date, for one) stays as it is
 * @returns the schema in Graph's spelling
 *
 * @example
 * ```ts
 * import { Schema } from "@effect/schema";
 * import { camelCase } from "@rxbatch/rxbatch/schema";
 *
 * const Task = Schema.Struct({ Subject: Schema.String, Status: Schema.Literal("NotStarted", "Completed") });
 * const decode = Schema.decodeUnknownSync(camelCase(Task));
 * console.log(decode({ subject: "Sleep", status: "notStarted" }).status); // notStarted
 * ```
 */
export function camelCase<A, I>(
  schema: Schema.Schema<A, I>,
): Schema.Schema<CamelCase<A>, CamelCase<I>> {
  return Schema.make(rebuilt(schema.ast, {
    property: ({ name, type, isOptional, isReadonly, annotations }) =>
      new AST.PropertySignature(camelWord(name), type, isOptional, isReadonly, annotations),
    literal: ({ literal, annotations }) => new AST.Literal(camelWord(literal), annotations),
  }));
}

/**
 * Makes `Id` optional at every depth, for what is about to be created.
 *
 * @param schema built of structs, records, arrays and unions
 * @returns the schema of the same thing before the server knows it
 *
 * @example
 * ```ts
 * import { Schema } from "@effect/schema";
 * import { Message, unsaved } from "@rxbatch/rxbatch/schema";
 *
 * const isDraft = Schema.is(unsaved(Message));
 * console.log(isDraft({ Subject: "Hello" }), Schema.is(Message)({ Subject: "Hello" })); // true false
 * ```
 */
export function unsaved<A, I>(schema: Schema.Schema<A, I>): Schema.Schema<Unsaved<A>, Unsaved<I>> {
  return Schema.make(rebuilt(schema.ast, {
    property: (property) => {
      const { name, type, isReadonly, annotations } = property;
      return name === "Id" || name === "id"
        ? new AST.PropertySignature(name, orUndefined(type), true, isReadonly, annotations)
        : property;
    },
    literal: (literal) => literal,
  }));
}

interface Changes {
  readonly property: (property: AST.PropertySignature) => AST.PropertySignature;
  readonly literal: (literal: AST.Literal) => AST.AST;
}

function rebuilt(ast: AST.AST, changes: Changes): AST.AST {
  switch (ast._tag) {
    case "Literal":
      return changes.literal(ast);
    case "TypeLiteral":
      return new AST.TypeLiteral(
        ast.propertySignatures.map(({ name, type, isOptional, isReadonly, annotations }) => {
          const inner = rebuilt(type, changes);
          return changes.property(
            new AST.PropertySignature(name, inner, isOptional, isReadonly, annotations),
          );
        }),
        ast.indexSignatures.map(({ parameter, type, isReadonly }) =>
          new AST.IndexSignature(parameter, rebuilt(type, changes), isReadonly)
        ),
        ast.annotations,
      );
    case "TupleType":
      return new AST.TupleType(
        ast.elements.map(({ type, isOptional, annotations }) =>
          new AST.OptionalType(rebuilt(type, changes), isOptional, annotations)
        ),
        ast.rest.map(({ type, annotations }) => new AST.Type(rebuilt(type, changes), annotations)),
        ast.isReadonly,
        ast.annotations,
      );
    case "Union":
      return AST.Union.make(ast.types.map((type) => rebuilt(type, changes)), ast.annotations);
    case "Suspend":
      return new AST.Suspend(() => rebuilt(ast.f(), changes), ast.annotations);
    default:
      return ast;
  }
}

function orUndefined(type: AST.AST): AST.AST {
  return AST.Union.make([type, AST.undefinedKeyword]);
}
