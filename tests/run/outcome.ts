// What a mocha run came to, from its exit code and its totals: a run that ended badly is never counted as passed.
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly problems: readonly string[];
}

interface Totals {
  readonly passes: number;
  readonly failures: number;
  readonly pending: number;
}

/** `readTotals` throws when the run died before it wrote them. */
export function mochaOutcome(exitCode: number, readTotals: () => string): Outcome {
  let totals: Totals;
  try {
    totals = JSON.parse(readTotals()) as Totals;
  } catch {
    return {
      passed: 0,
      failed: 1,
      problems: [`the test run ended with code ${exitCode} before it reported totals.`],
    };
  }
  const problems: string[] = [];
  let failed = totals.failures;
  if (totals.passes + totals.failures === 0) {
    failed += 1;
    problems.push('no test ran.');
  }
  if (totals.pending > 0) {
    // A skipped test is a rule that nobody checks; there are none in this project.
    failed += totals.pending;
    problems.push(`${totals.pending} tests were skipped, which counts as failed.`);
  }
  if (exitCode !== 0 && failed === 0) {
    failed += 1;
    problems.push(
      `every test passed, and the run still ended with code ${exitCode} (see above: coverage, or a crash).`,
    );
  }
  return { passed: totals.passes, failed, problems };
}
