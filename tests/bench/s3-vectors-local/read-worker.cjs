// Loads the TypeScript of a reading thread.
require('tsx/cjs');
require('./read-worker.ts');
