// What the runtime asks of a logger: pino's form, fields first. The library is silent unless it is given one.
// No call ever passes a vector, a text or a credential.

type Write = (fields: Readonly<Record<string, unknown>>, event: string) => void;

export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

const ignore: Write = () => undefined;

export const SILENT: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
