// Lays the root of the final image: node, the libraries that it has loaded, and who owns them for scanners of packages.
// Run by the build stage: node root.mjs <folder>. Plain Node, so that the base image needs no shell.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

const [, , root = "/root-of-image"] = process.argv;

/** Copies a file to its own path, and to the paths that lead to it by links. */
function take(path) {
  for (const one of new Set([path, realpathSync(path)])) {
    mkdirSync(join(root, dirname(one)), { recursive: true });
    cpSync(one, join(root, one), { dereference: true });
  }
}

process.report.excludeNetwork = true;
const libraries = process.report.getReport().sharedObjects.filter((path) => path.startsWith("/"));
take(process.execPath);
for (const path of libraries) take(path);
// The path by which the kernel finds the loader is written into node itself.
for (const path of ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"])
  if (existsSync(path)) take(path);
// One place for node, whatever the base: the image's entry point.
mkdirSync(join(root, "usr/bin"), { recursive: true });
if (process.execPath !== "/usr/bin/node")
  cpSync(process.execPath, join(root, "usr/bin/node"), { dereference: true });

mkdirSync(join(root, "etc"), { recursive: true });
writeFileSync(join(root, "etc/passwd"), "nonroot:x:1000:1000:nonroot:/nonexistent:/sbin/nologin\n");
writeFileSync(join(root, "etc/group"), "nonroot:x:1000:\n");
if (existsSync("/etc/os-release")) take("/etc/os-release");

// What a base without dpkg says already.
if (existsSync("/var/lib/dpkg/status.d"))
  cpSync("/var/lib/dpkg/status.d", join(root, "var/lib/dpkg/status.d"), { recursive: true });

// What Debian says of the packages of these files, in the form that scanners read of images without dpkg.
const info = "/var/lib/dpkg/info";
const status = existsSync("/var/lib/dpkg/status")
  ? readFileSync("/var/lib/dpkg/status", "utf8").split("\n\n")
  : [];
const taken = new Set(
  libraries
    .flatMap((path) => [path, realpathSync(path)])
    .flatMap((path) => [path, path.replace(/^\/usr/, "")]),
);
mkdirSync(join(root, "var/lib/dpkg/status.d"), { recursive: true });
for (const file of existsSync(info) ? readdirSync(info).sort() : []) {
  if (!file.endsWith(".list")) continue;
  const owns = readFileSync(join(info, file), "utf8")
    .split("\n")
    .some((path) => taken.has(path));
  if (!owns) continue;
  const [name] = file.replace(/\.list$/, "").split(":");
  const paragraph = status.find((one) => one.startsWith(`Package: ${name}\n`));
  if (paragraph) writeFileSync(join(root, "var/lib/dpkg/status.d", name), `${paragraph.trim()}\n`);
}
