// How large the script is that a visitor's browser loads, beside others' as published on npm:
// `make widget-sizes`. The others are fetched into a folder of the moment and thrown away.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const HERE = dirname(fileURLToPath(import.meta.url));
const OTHERS = [
  ["rasa-webchat", "1.0.1", "lib/index.js"],
  ["deep-chat", "2.4.2", "dist/deepChat.bundle.js"],
  ["botframework-webchat", "4.18.1", "dist/webchat-minimal.js"],
  ["botframework-webchat", "4.18.1", "dist/webchat.js"],
];

const kilobytes = (bytes) => (bytes / 1024).toFixed(1).padStart(8);

function show(name, content) {
  console.log(`${name.padEnd(52)}${kilobytes(content.length)} ${kilobytes(gzipSync(content, { level: 9 }).length)}`);
}

function unpacked(folder, name, version) {
  const quiet = { cwd: folder, encoding: "utf-8", stdio: ["ignore", "pipe", "ignore"] };
  const [file] = JSON.parse(execFileSync("npm", ["pack", `${name}@${version}`, "--json"], quiet));
  execFileSync("tar", ["-xzf", file.filename], { cwd: folder });
  return join(folder, "package");
}

console.log(`${"script".padEnd(52)}${"KB".padStart(8)} ${"gzip KB".padStart(8)}`);
show("Recovery Guide: gateway/widget.js, without its words", readFileSync(join(HERE, "../gateway/widget.js")));
const served = process.env.PYTHON ?? join(HERE, "../.venv/app/bin/python");
const print = "from gateway.widget import Script; from care.settings import Settings; import sys; sys.stdout.buffer.write(Script.of(Settings(), 'en').plain)";
show("Recovery Guide: /widget.js as served", execFileSync(served, ["-c", print], { cwd: join(HERE, "..") }));
for (const [name, version, path] of OTHERS) {
  const folder = mkdtempSync(join(tmpdir(), "sizes-"));
  try {
    show(`${name} ${version}: ${path}`, readFileSync(join(unpacked(folder, name, version), path)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
