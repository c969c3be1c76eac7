declare module "dicer" {
  import type { EventEmitter } from "node:events";

  export default class Dicer extends EventEmitter {
    constructor(options: { readonly boundary: string });
    write(chunk: Uint8Array): boolean;
    end(): void;
    on(event: "part", listener: (part: EventEmitter) => void): this;
    on(event: "finish", listener: () => void): this;
    on(event: "error", listener: (error: Error) => void): this;
  }
}
