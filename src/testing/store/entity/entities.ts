import type { EntitySetSeed } from "../../odata_options.ts";
import type { Item, StoredItem } from "../store.ts";

/** Entities of one kind, by what stands between the parentheses of their URLs. */
export class EntitySet {
  readonly name: string;
  /** The property that tells its entities apart. */
  readonly key: string;
  #items = new Map<string, StoredItem>();
  #changes = 0;
  #lastKey = 0;

  constructor(name: string, { key = "Id", items = 5 }: EntitySetSeed) {
    this.name = name;
    this.key = key;
    const first = typeof items === "number"
      ? Array.from({ length: items }, (_, at): Item => ({ Name: `${name} ${at + 1}` }))
      : items;
    for (const item of first) this.add(item);
  }

  list(): StoredItem[] {
    return [...this.#items.values()];
  }

  get(key: string): StoredItem | undefined {
    return this.#items.get(key);
  }

  /** With a key of the set's own where it brings none; `undefined`: there is one with its key already. */
  add(properties: Item): StoredItem | undefined {
    const given = properties[this.key];
    if (typeof given === "number") this.#lastKey = Math.max(this.#lastKey, given);
    const value = given ?? ++this.#lastKey;
    const key = keyText(value);
    return this.#items.has(key) ? undefined : this.#put(key, { [this.key]: value, ...properties });
  }

  /** The key stays, whatever the changes say. */
  update(item: StoredItem, changes: Item): StoredItem {
    const { [this.key]: value } = item.properties;
    return this.#put(item.id, { ...item.properties, ...changes, [this.key]: value });
  }

  replace(item: StoredItem, properties: Item): StoredItem {
    const { [this.key]: value } = item.properties;
    return this.#put(item.id, { ...properties, [this.key]: value });
  }

  remove(item: StoredItem): void {
    this.#items.delete(item.id);
  }

  /** @returns what makes it as it is now */
  begin(): () => void {
    const [items, lastKey] = [new Map(this.#items), this.#lastKey];
    return () => {
      this.#items = items;
      this.#lastKey = lastKey;
    };
  }

  #put(id: string, properties: Item): StoredItem {
    const item = { id, version: String(++this.#changes), properties: Object.freeze(properties) };
    this.#items.set(id, item);
    return item;
  }
}

/** All entity sets of a service. */
export class Entities {
  readonly #sets = new Map<string, EntitySet>();

  fill(seeds: Readonly<Record<string, EntitySetSeed>>): void {
    this.#sets.clear();
    for (const [name, seed] of Object.entries(seeds)) {
      this.#sets.set(name, new EntitySet(name, seed));
    }
  }

  names(): string[] {
    return [...this.#sets.keys()];
  }

  get(name: string): EntitySet | undefined {
    return this.#sets.get(name);
  }

  /** @returns what undoes everything since */
  begin(): () => void {
    const undo = [...this.#sets.values()].map((set) => set.begin());
    return () => undo.forEach((each) => each());
  }
}

/** A key as it stands in URLs (OData 4.01 URL Conventions §4.3.1). */
function keyText(value: unknown): string {
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
}
