// Mocha's own spec report, and the totals in a file for `tests/run.ts`, which adds them to its own.
const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

module.exports = class TotalsReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = runner.stats;
      if (process.env.TEST_TOTALS_FILE) {
        writeFileSync(process.env.TEST_TOTALS_FILE, JSON.stringify({ passes, failures, pending }));
      }
    });
  }
};
