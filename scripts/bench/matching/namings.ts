/** How the parts of an answer say whose they are: by id, or not at all, so that all are matched at the end. */
export type Naming = "with ids" | "without ids";

/** The line that does so. */
export const NAMINGS: Readonly<Record<Naming, (id: number) => string>> = {
  "with ids": (id) => `Content-ID: ${id}\r\n`,
  "without ids": () => "",
};
