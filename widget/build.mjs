// node build.mjs            writes ../gateway/widget.js
// node build.mjs --check    compares it with what the sources give, byte for byte
// node build.mjs --test     runs the unit tests
// node build.mjs --package  writes dist/ for those who build their own page

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const BUNDLE = join(HERE, "..", "gateway", "widget.js");
const TARGET = ["es2022", "chrome109", "firefox115", "safari16.4"];

const files = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)],
  );

/** One hash over all that decides what the bundle is; tests/gateway/test_widget.py knows it too. */
function sourcesHash() {
  const sources = files(join(HERE, "src")).filter((path) => !path.endsWith(".test.ts"));
  const all = [...sources, join(HERE, "build.mjs"), join(HERE, "package-lock.json")];
  const total = createHash("sha256");
  for (const path of all.map((each) => relative(HERE, each).replaceAll("\\", "/")).sort()) {
    total.update(`${path}\0`).update(readFileSync(join(HERE, path))).update("\0");
  }
  return total.digest("hex");
}

/** A style sheet as text. */
const styles = {
  name: "styles",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const own = readFileSync(path, "utf-8");
      const { code } = await esbuild.transform(own, { loader: "css", minify: true, target: TARGET });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

// Long names inside of the window that are none of the browser's or the server's.
const INNER =
  /^(announcer?|authorName|by(Client)Id|closedWords|connected|failed|from(Page|Server|Visitor)|heard|isCurrent|isEmpty|isFinal|keyAfter|lastSeq|lookout|markWaiting|newSession|newer|onServer|openSession|ownData|prepare|resume|retry|show(Phase|Typing|Unread)|tooLong|transcript|unanchor|waits|wake|wish|withoutChat)$/;

const common = {
  absWorkingDir: HERE,
  bundle: true,
  write: false,
  target: TARGET,
  plugins: [styles],
  charset: "utf8",
  legalComments: "none",
};

async function bundle() {
  const options = { ...common, entryPoints: ["src/embed.ts"], format: "iife", minify: true, mangleProps: INNER };
  const { outputFiles } = await esbuild.build(options);
  return `/* Recovery Guide, Apache-2.0. Made by widget/build.mjs from ${sourcesHash()} */\n${outputFiles[0].text}`;
}

async function test() {
  const folder = mkdtempSync(join(HERE, "node_modules", ".tests-"));
  try {
    const entryPoints = files(join(HERE, "src")).filter((path) => path.endsWith(".test.ts"));
    const into = { outdir: folder, outExtension: { ".js": ".mjs" }, outbase: join(HERE, "src") };
    const format = { format: "esm", platform: "node", target: "node18", sourcemap: "inline" };
    await esbuild.build({ ...common, ...format, ...into, entryPoints, write: true });
    const made = files(folder);
    const { status } = spawnSync(process.execPath, ["--test", ...made], { stdio: "inherit" });
    return status ?? 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function pack() {
  const options = { ...common, entryPoints: ["src/index.ts"], format: "esm", write: true };
  await esbuild.build({ ...options, outfile: "dist/index.js" });
  return 0;
}

async function check() {
  if ((await bundle()) === readFileSync(BUNDLE, "utf-8")) return 0;
  console.error("gateway/widget.js is not what widget/ gives: run `make widget`.");
  return 1;
}

async function build() {
  writeFileSync(BUNDLE, await bundle());
  return 0;
}

const wish = process.argv[2] ?? "--build";
const acts = { "--build": build, "--check": check, "--test": test, "--package": pack };
process.exitCode = await acts[wish]();
