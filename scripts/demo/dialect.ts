/** How a job is written for one service or another; the operations are the same. */
export interface DemoDialect {
  /** `IsRead` is how the job writes it. */
  property(name: string): string;
  /** What a name behind `@odata.type` begins with. */
  readonly namespace: string;
}

export const outlookDialect: DemoDialect = {
  property: (name) => name,
  namespace: "Microsoft.OutlookServices.",
};

export const graphDialect: DemoDialect = {
  property: (name) => name.startsWith("@") ? name : name.charAt(0).toLowerCase() + name.slice(1),
  namespace: "microsoft.graph.",
};

/** A body with the names of its properties in the dialect's spelling, at every depth. */
export function spelled(value: unknown, dialect: DemoDialect): unknown {
  if (Array.isArray(value)) return value.map((member) => spelled(member, dialect));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      dialect.property(name),
      spelled(member, dialect),
    ]),
  );
}
