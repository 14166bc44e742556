// Packs the npm packages: one for a platform (with its program), and the one that people install.
//
//   node npm/pack.mjs platform linux-x64 target/dist/forewarn OUT
//   node npm/pack.mjs main OUT linux-x64 linux-arm64 darwin-x64 darwin-arm64 win32-x64
//
// The version is that of Cargo.toml.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const version = readFileSync(join(root, "Cargo.toml"), "utf8").match(/^version = "([^"]+)"/m)[1];
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

function pack(folder, out) {
  mkdirSync(out, { recursive: true });
  const name = execFileSync("npm", ["pack", "--silent", "--pack-destination", resolve(out)], { cwd: folder, encoding: "utf8" });
  rmSync(folder, { recursive: true });
  console.log(join(out, name.trim()));
}

function platform(name, program, out) {
  const [os, cpu] = name.split("-");
  const folder = mkdtempSync(join(tmpdir(), "forewarn-npm-"));
  const file = os === "win32" ? "forewarn.exe" : "forewarn";
  copyFileSync(program, join(folder, file));
  chmodSync(join(folder, file), 0o755);
  const description = `The program forewarn for ${name}`;
  const manifest = { name: `@forewarn/${name}`, version, description, license: "(MIT OR Apache-2.0)", os: [os], cpu: [cpu], files: [file] };
  writeFileSync(join(folder, "package.json"), json(manifest));
  pack(folder, out);
}

function main(out, names) {
  const folder = mkdtempSync(join(tmpdir(), "forewarn-npm-"));
  cpSync(join(root, "npm/forewarn"), folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  manifest.version = version;
  manifest.optionalDependencies = Object.fromEntries(names.map((name) => [`@forewarn/${name}`, version]));
  writeFileSync(join(folder, "package.json"), json(manifest));
  pack(folder, out);
}

const [what, ...rest] = process.argv.slice(2);
if (what === "platform" && rest.length === 3) platform(...rest);
else if (what === "main" && rest.length > 1) main(rest[0], rest.slice(1));
else {
  console.error("usage: pack.mjs platform NAME PROGRAM OUT | pack.mjs main OUT NAME…");
  process.exit(2);
}
