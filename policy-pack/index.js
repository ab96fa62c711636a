// The engine starts a pack by requiring this file; options of a project's runtime do not reach packs, so the
// TypeScript loader is registered here. The pack has no packages of its own: it resolves those of the repository.
// @pulumi/policy is loaded before the loader, which would otherwise look through all of its JavaScript (0.15 s).
require('@pulumi/policy');
require('tsx/cjs');
require('./pack');
