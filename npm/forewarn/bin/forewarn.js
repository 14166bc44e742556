#!/usr/bin/env node
// Starts the program of the package for this platform. Nothing is downloaded and no install script is needed:
// npm itself chooses among the optional dependencies by their `os` and `cpu`.
"use strict";

const { spawnSync } = require("node:child_process");
const { constants } = require("node:os");

const name = `@forewarn/${process.platform}-${process.arch}`;
const program = process.platform === "win32" ? "forewarn.exe" : "forewarn";

let path;
try {
  path = require.resolve(`${name}/${program}`);
} catch {
  console.error(`forewarn: there is no package ${name}: this platform is not supported, or optional dependencies were left out (npm install --include=optional)`);
  process.exit(2);
}

const run = spawnSync(path, process.argv.slice(2), { stdio: "inherit" });
if (run.error) {
  console.error(`forewarn: cannot start ${path}: ${run.error.message}`);
  process.exit(2);
}
// As shells do: killed by signal n is 128 + n.
process.exit(run.signal ? 128 + (constants.signals[run.signal] ?? 0) : run.status);
