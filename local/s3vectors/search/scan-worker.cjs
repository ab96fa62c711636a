// A worker thread begins in plain JavaScript: it has to register the TypeScript loader before anything else.
require('tsx/cjs');
require('./scan-worker.ts');
