/** @effect/schema, which npm installs beside effect 3 alone. */
export * as ArrayFormatter from "@effect/schema/ArrayFormatter";
export * as AST from "@effect/schema/AST";
export * as ParseResult from "@effect/schema/ParseResult";
export * as Schema from "@effect/schema/Schema";
