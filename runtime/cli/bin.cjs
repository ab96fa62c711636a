#!/usr/bin/env node
// Starts the command from its TypeScript, wherever it is installed and whatever directory it is started from.
'use strict';
const path = require('node:path');

// The loader would take the compiler settings of the directory that it is started from.
process.env.TSX_TSCONFIG_PATH = path.join(__dirname, '../../tsconfig.json');
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
void import('tsx').then(() => {
  // For this process alone: the Pulumi CLI that it may call runs programs of others.
  delete process.env.TSX_TSCONFIG_PATH;
  require('./main.ts');
});
