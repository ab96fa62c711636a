// The part of WebAssembly's JavaScript API that the search uses; Node's types have none of it.
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number; maximum: number; shared: boolean });
    /** A SharedArrayBuffer where the memory is shared, as all of ours are. */
    readonly buffer: SharedArrayBuffer;
  }

  class Module {
    private readonly compiled: never;
    constructor(bytes: Uint8Array);
  }

  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
}
