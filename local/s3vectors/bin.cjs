#!/usr/bin/env node
// Starts the command from its TypeScript, wherever it is installed and whatever directory it is started from.
'use strict';
const path = require('node:path');

// The loader would take the compiler settings of the directory that it is started from.
process.env.TSX_TSCONFIG_PATH = path.join(__dirname, '../../tsconfig.json');
require('tsx/cjs');
require('./main.ts');
