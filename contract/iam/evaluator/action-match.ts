// Does a statement speak about an action? Actions are compared without regard to case, `*` and `?` anywhere.
// Source: IAM User Guide, "Action" and "NotAction".
import { many, type Statement } from '../document';

/** Does the written action (`s3:G?t*`) match the action (`s3:GetObject`)? */
export function matchesAction(written: string, action: string): boolean {
  return matchesGreedily(written.toLowerCase(), action.toLowerCase());
}

/** Does the statement's Action or NotAction element cover the action? */
export function coversAction(statement: Statement, action: string): boolean {
  if (statement.NotAction !== undefined) {
    return !many(statement.NotAction).some((written) => matchesAction(written, action));
  }
  return many(statement.Action).some((written) => matchesAction(written, action));
}

/**
 * `*` and `?` against a text: after a mismatch only the latest `*` has to take one character more. Questions ask this
 * for every action of a list on every entry of every statement, so it allocates nothing.
 */
function matchesGreedily(written: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let read = 0; read < text.length;) {
    const char = written[at];
    if (char === '*') {
      star = at++;
      resume = read;
    } else if (char !== undefined && (char === '?' || char === text[read])) {
      at++;
      read++;
    } else if (star >= 0) {
      at = star + 1;
      read = ++resume;
    } else {
      return false;
    }
  }
  while (written[at] === '*') at++;
  return at === written.length;
}
