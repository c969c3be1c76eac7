/** The folder of an embedded fleet cannot be used: what opens it is missing, or it is in use, or it is damaged. */
export class FolderError extends Error {
  /** The name of the class. */
  readonly _tag = "FolderError" as const;

  /** `cause`: what went wrong with it. */
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = this._tag;
  }
}
