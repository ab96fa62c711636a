// How Pulumi starts the components as a plugin: it requires this file. The TypeScript loader is registered here,
// because the one that Pulumi brings compiles with the options of whatever directory the caller happens to be in.
require('tsx/cjs');
module.exports = require('./index.ts');
