/**
 * What JSON has in place of a decoded value: a string for a `Date` and for bytes, all else as it is.
 *
 * @since 0.2.0
 * @category types
 */
export type Encoded<T> = T extends Date | Uint8Array ? string
  : T extends readonly (infer Item)[] ? readonly Encoded<Item>[]
  : T extends object ? { readonly [Name in keyof T]: Encoded<T[Name]> }
  : T;

/**
 * Properties that `$select` may leave out, and that may be null.
 *
 * @since 0.2.0
 * @category types
 */
export type Selected<T> = { readonly [Name in keyof T]?: T[Name] | null | undefined };

/**
 * A word of Outlook in Graph's spelling: `DisplayName` is `displayName`, and `HTML` is `html`.
 *
 * @since 0.2.0
 * @category types
 */
export type CamelWord<Word> = Word extends string
  ? string extends Word ? Word : Word extends Uppercase<Word> ? Lowercase<Word> : Uncapitalize<Word>
  : Word;

/**
 * The same type in Graph's spelling: property names and fixed values, at every depth.
 *
 * @since 0.2.0
 * @category types
 */
export type CamelCase<T> = T extends Date | Uint8Array ? T
  : T extends readonly (infer Item)[] ? readonly CamelCase<Item>[]
  : T extends object ? { readonly [Name in keyof T as CamelWord<Name>]: CamelCase<T[Name]> }
  : CamelWord<T>;

/** The same type before the server knows it: without an `Id`, at every depth. */
export type Unsaved<T> = T extends Date | Uint8Array ? T
  : T extends readonly (infer Item)[] ? readonly Unsaved<Item>[]
  : T extends object ?
      & { readonly [Name in keyof T as Exclude<Name, "Id" | "id">]: Unsaved<T[Name]> }
      & { readonly [Name in Extract<keyof T, "Id" | "id">]?: T[Name] | undefined }
  : T;
