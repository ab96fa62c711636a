// The command line on which the engine starts a language host: flags first, its own address last.

export interface HostArguments {
  /** Address of the engine's gRPC server; empty when a person starts the host by hand. */
  readonly engineAddress: string;
  /** Zipkin endpoint, handed on to programs; empty without tracing. */
  readonly tracing: string;
}

/** Unknown flags (`--logtostderr`, `-v=9`) are for the engine's own hosts and are ignored, as those ignore each other's. */
export function parseHostArguments(args: readonly string[]): HostArguments {
  let tracing = '';
  const positional: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    const match = /^--?tracing(?:=(.*))?$/.exec(arg);
    if (match) {
      tracing = match[1] ?? args[(index += 1)] ?? '';
    } else if (!arg.startsWith('-')) {
      positional.push(arg);
    }
  }
  return { engineAddress: positional.at(-1) ?? '', tracing };
}
