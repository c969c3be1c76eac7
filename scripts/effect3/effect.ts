/** effect 3, which the source calls `effect3`: at the root of the repository, `effect` is effect 4. */
export * from "effect";
