/** What is used of PGlite: a PostgreSQL in this process, that one statement at a time may speak to. */
export interface Database {
  query(
    text: string,
    parameters?: unknown[],
    options?: { readonly rowMode?: "array" | "object" },
  ): Promise<{ readonly rows: readonly object[] }>;
  close(): Promise<void>;
}
