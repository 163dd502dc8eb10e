#!/usr/bin/env node
// `npm run bench`: the figures that the project promises, as ratios measured in one run.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { localAws } from "./local.mjs";
import { page } from "./page.mjs";
import { plans } from "./plan.mjs";
import { runners } from "./runners.mjs";
import { watches } from "./watch.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const HELP = `Usage: npm run bench [-- --runs N] [--stacks N]

Measures synth against loading alone, growth over 10, 100 and 500 environments, growth of the report's risks with
what they judge and of prices with resources, the report and the masks of a large plan, how long the page of 20,000 resources
and the dashboard of 1,000 previews take to open, the app of cdktf.json against the stock
template's ts-node, the start of the command line against node -e 0, start, memory, gateway and snapshots of the local AWS, a
save while groundplan artifact watch runs, and how long it takes from a webhook to the instance of its job.
Each figure is the median of N runs (default 5), in turns.
Then plans N stacks (default 24; 0 for none) on the local AWS, against cdktf diff of one after another and against what
one changed value touches, once: that takes minutes.
Exit code 1 when a target is missed.`;

const argv = process.argv.slice(2);
const runs = option("--runs", 5);
const stacks = option("--stacks", 24);
const work = mkdtempSync(join(tmpdir(), "groundplan-bench-"));
process.on("exit", () => rmSync(work, { recursive: true, force: true }));
// The program that is measured gets it too, and its end ends the measurement.
process.on("SIGINT", () => {
  process.exitCode = 130;
});

if (argv.includes("--help") || argv.includes("-h")) console.log(HELP);
else if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(stacks) || stacks < 0) {
  console.error(
    "Error: --runs takes a whole number of 1 or more, e.g. 5, and --stacks one of 0 or more, e.g. 24",
  );
  process.exitCode = 2;
} else {
  try {
    await bench();
  } catch (error) {
    console.error(`Error: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode ??= 1;
  }
}

/**
 * @param {string} name
 * @param {number} standard
 */
function option(name, standard) {
  return argv.includes(name) ? Number(argv[argv.indexOf(name) + 1]) : standard;
}

async function bench() {
  /** @type {{ figure: string; measured: string; target: string; met: boolean }[]} */
  const rows = [];
  synth(rows);
  growth(rows);
  risks(rows);
  await page(rows, runs, work);
  report(rows);
  stock(rows);
  start(rows);
  await localAws(rows, runs, work);
  await watches(rows, runs, work);
  runners(rows, work);
  if (stacks > 0) await plans(rows, stacks, work);
  const width = Math.max(...rows.map(({ figure }) => figure.length));
  console.log();
  for (const { figure, measured, target, met } of rows) {
    console.log(`${met ? "✓" : "✗"} ${figure.padEnd(width)}  ${measured.padEnd(34)} target ${target}`);
  }
  if (rows.some(({ met }) => !met)) process.exitCode = 1;
}

/** @typedef {{ seconds: number; cpu: number; megabytes: number }} Measure - seconds passed, and of the processor's time. */

/**
 * The median of each command, run in turns so that a busy moment hits all of them alike.
 *
 * @param {{ name: string; command: string[]; cwd: string; env?: NodeJS.ProcessEnv }[]} commands
 * @returns {Record<string, Measure>}
 */
function measure(commands) {
  /** @type {Record<string, Measure[]>} */
  const all = {};
  for (let run = 0; run < runs; run += 1) {
    for (const { name, command, cwd, env } of commands) {
      process.stderr.write(`\r${name}, run ${run + 1} of ${runs}`.padEnd(70));
      const [program = "", ...args] = command;
      const begun = process.hrtime.bigint();
      const ended = spawnSync(program, args, { cwd, env: { ...process.env, ...env }, encoding: "utf8" });
      const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
      if (ended.status !== 0) throw new Error(`${name} failed\n${ended.stdout}${ended.stderr}`);
      const [, rss = 0, cpu = 0] = /max-rss=(\d+) cpu=(\d+)/.exec(ended.stderr) ?? [];
      const measure = { seconds, cpu: Number(cpu) / 1e6, megabytes: Number(rss) / 1024 };
      all[name] = [...(all[name] ?? []), measure];
    }
  }
  process.stderr.write("\r".padEnd(71));
  process.stderr.write("\r");
  return Object.fromEntries(
    Object.entries(all).map(([name, list]) => [
      name,
      {
        seconds: median(list.map((each) => each.seconds)),
        cpu: median(list.map((each) => each.cpu)),
        megabytes: median(list.map((each) => each.megabytes)),
      },
    ]),
  );
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Prints the largest resident size and the processor's time at the end, for measure() to read. */
function preload() {
  const file = join(work, "rss.cjs");
  writeFileSync(
    file,
    `process.on("exit", () => {
      const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
      console.error("max-rss=" + maxRSS + " cpu=" + (userCPUTime + systemCPUTime));
    });\n`,
  );
  return ["--require", file];
}

/** The packages' files that a synth loads: cdktf, constructs and the bindings, none of Groundplan's own. */
function loadedPackages() {
  const list = join(work, "list.cjs");
  writeFileSync(list, 'process.on("exit", () => console.log(JSON.stringify(Object.keys(require.cache))));\n');
  const main = join(ROOT, "dist", "main.js");
  const { stdout } = spawnSync(process.execPath, ["--require", list, main], {
    cwd: ROOT,
    env: { ...process.env, CDKTF_OUTDIR: join(work, "list.out") },
    encoding: "utf8",
  });
  const files = JSON.parse(stdout.trim().split("\n").at(-1) ?? "[]");
  return files.filter((/** @type {string} */ file) => /node_modules\/(cdktf|constructs|@cdktf)\//.test(file));
}

/** @param {{ figure: string; measured: string; target: string; met: boolean }[]} rows */
function synth(rows) {
  const files = loadedPackages();
  const load = join(work, "load.cjs");
  writeFileSync(
    load,
    files.map((/** @type {string} */ file) => `require(${JSON.stringify(file)});\n`).join(""),
  );
  const main = join(ROOT, "dist", "main.js");
  const measured = measure([
    { name: "load", command: [process.execPath, ...preload(), load], cwd: ROOT },
    {
      name: "synth",
      command: [process.execPath, ...preload(), main],
      cwd: ROOT,
      env: { CDKTF_OUTDIR: join(work, "synth.out") },
    },
  ]);
  const [load_, synth_] = [measured.load, measured.synth];
  if (!load_ || !synth_) throw new Error("nothing was measured");
  const ratio = synth_.seconds / load_.seconds;
  rows.push({
    figure: `synth of all environments / loading cdktf and the same ${files.length} files`,
    measured: `${ratio.toFixed(2)} x (${synth_.seconds.toFixed(2)} s / ${load_.seconds.toFixed(2)} s)`,
    target: "<= 2 x",
    met: ratio <= 2,
  });
  rows.push({
    figure: "memory of that synth",
    measured: `${synth_.megabytes.toFixed(0)} MB`,
    target: "< 200 MB",
    met: synth_.megabytes < 200,
  });
}

/** @param {{ figure: string; measured: string; target: string; met: boolean }[]} rows */
function start(rows) {
  const bin = join(ROOT, "cli", "bin", "groundplan.js");
  const measured = measure([
    { name: "node", command: [process.execPath, "-e", "0"], cwd: ROOT },
    { name: "help", command: [process.execPath, bin, "--help"], cwd: ROOT },
    { name: "complete", command: [process.execPath, bin, "complete", "--", "plan", "dev-"], cwd: ROOT },
    { name: "plan help", command: [process.execPath, bin, "plan", "--help"], cwd: ROOT },
  ]);
  const base = measured.node?.seconds ?? 0;
  for (const [name, words] of [
    ["help", "groundplan --help"],
    ["plan help", "groundplan plan --help"],
    ["complete", "completion of groundplan plan dev-"],
  ]) {
    const seconds = measured[name ?? ""]?.seconds ?? 0;
    const ratio = seconds / base;
    rows.push({
      figure: `${words} / node -e 0`,
      measured: `${ratio.toFixed(1)} x (${seconds.toFixed(2)} s / ${base.toFixed(2)} s)`,
      target: "<= 3 x",
      met: ratio <= 3,
    });
  }
}

/** @param {{ figure: string; measured: string; target: string; met: boolean }[]} rows */
function growth(rows) {
  const script = join(ROOT, "tools", "bench", "growth.cjs");
  const sizes = [0, 10, 100, 500];
  const measured = measure(
    sizes.map((size) => ({
      name: `${size} environments`,
      command: [process.execPath, ...preload(), script, String(size)],
      cwd: ROOT,
      env: { CDKTF_OUTDIR: join(work, "growth.out") },
    })),
  );
  // Minutes for the largest: time that passes would tell how busy the machine was meanwhile.
  const base = measured["0 environments"]?.cpu ?? 0;
  const each = sizes.slice(1).map((size) => ((measured[`${size} environments`]?.cpu ?? 0) - base) / size);
  const [, hundred = 0, fiveHundred = 0] = each;
  const per = each.map((seconds) => (seconds * 1000).toFixed(1)).join(", ");
  const change = fiveHundred / hundred - 1;
  rows.push({
    figure: "one more environment, among 500 against among 100",
    measured: `${(change * 100).toFixed(0)} % (${per} ms of CPU each of 10, 100, 500)`,
    target: "within 15 %",
    met: change <= 0.15,
  });
}

/**
 * What twice as much costs the report's risks, masks, prices and a sweep: work that is done again for each pair would cost
 * four times as much.
 *
 * @param {{ figure: string; measured: string; target: string; met: boolean }[]} rows
 */
function risks(rows) {
  const risk = (/** @type {string} */ kind) => ["risks.cjs", kind];
  const sizes = {
    "risks of statements": { size: 20_000, script: risk("statements") },
    "risks of ranges": { size: 200_000, script: risk("ranges") },
    "masks of secrets": { size: 4_000, script: ["secrets.cjs"] },
    "prices of resources": { size: 20_000, script: ["cost.cjs"] },
    "previews of a sweep": { size: 1_000, script: ["sweep.cjs"] },
  };
  const measured = measure(
    Object.entries(sizes).flatMap(
      ([
        name,
        {
          size,
          script: [file = "", ...args],
        },
      ]) =>
        [0, size, 2 * size].map((count) => ({
          name: `${count} ${name}`,
          command: [
            process.execPath,
            ...preload(),
            join(ROOT, "tools", "bench", file),
            ...args,
            String(count),
          ],
          cwd: ROOT,
        })),
    ),
  );
  for (const [name, { size }] of Object.entries(sizes)) {
    const of = (/** @type {number} */ count) => measured[`${count} ${name}`]?.cpu ?? 0;
    const [once, twice] = [of(size) - of(0), of(2 * size) - of(0)];
    rows.push({
      figure: `${name}, ${2 * size} / ${size}`,
      measured: `${(twice / once).toFixed(2)} x (${twice.toFixed(2)} s / ${once.toFixed(2)} s of CPU)`,
      target: "<= 3 x",
      met: twice / once <= 3,
    });
  }
  const sweep = measured["1000 previews of a sweep"]?.seconds ?? 0;
  rows.push({
    figure: "sweep of 1000 previews, two calls each at most",
    measured: `${sweep.toFixed(2)} s`,
    target: "< 10 s",
    met: sweep < 10,
  });
}

/**
 * What a large plan costs: its report in every format, and the masks of one with many secrets.
 *
 * @param {{ figure: string; measured: string; target: string; met: boolean }[]} rows
 */
function report(rows) {
  const script = (/** @type {string} */ name) => join(ROOT, "tools", "bench", name);
  const sizes = [0, 20_000, 40_000];
  const files = sizes.map((size) => join(work, `plan-${size}.json`));
  for (const [at, file] of files.entries()) {
    const { status, stderr } = spawnSync(
      process.execPath,
      [script("report.cjs"), "write", String(sizes[at]), file],
      { encoding: "utf8" },
    );
    if (status !== 0) throw new Error(`cannot write the plan\n${stderr}`);
  }
  const secrets = { name: "4000 secrets", command: [script("secrets.cjs"), "4000"] };
  const reports = sizes.map((size, at) => ({
    name: `report of ${size} changes`,
    command: [script("report.cjs"), "read", files[at] ?? ""],
  }));
  const measured = measure(
    [...reports, secrets].map(({ name, command }) => ({
      name,
      command: [process.execPath, ...preload(), ...command],
      cwd: ROOT,
    })),
  );
  const [none, once, twice] = reports.map(({ name }) => measured[name]);
  const masks = measured[secrets.name];
  if (!none || !once || !twice || !masks) throw new Error("nothing was measured");
  const ratio = (twice.cpu - none.cpu) / (once.cpu - none.cpu);
  rows.push({
    figure: "report of 40000 / of 20000 changes of resources",
    measured: `${ratio.toFixed(2)} x (${twice.cpu.toFixed(2)} s / ${once.cpu.toFixed(2)} s of CPU)`,
    target: "<= 3 x",
    met: ratio <= 3,
  });
  rows.push({
    figure: "report of 20000 changes of resources, in every format",
    measured: `${once.cpu.toFixed(2)} s of CPU, ${once.megabytes.toFixed(0)} MB`,
    target: "< 5 s, < 500 MB",
    met: once.cpu < 5 && once.megabytes < 500,
  });
  rows.push({
    figure: "masks of 4000 secrets in one stack",
    measured: `${masks.cpu.toFixed(2)} s of CPU`,
    target: "< 2 s",
    met: masks.cpu < 2,
  });
}

/** @param {{ figure: string; measured: string; target: string; met: boolean }[]} rows */
function stock(rows) {
  const tools = stockTools();
  const copy = join(work, "stock");
  mkdirSync(copy);
  for (const path of [
    "main.ts",
    "platform.ts",
    "overlays",
    "stacks",
    "cdktf.json",
    "tsconfig.base.json",
    "tsconfig.json",
    ".terraform.lock.hcl",
    "package.json",
    "modules",
  ]) {
    cpSync(join(ROOT, path), join(copy, path), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  // The compiler options of the template, as far as they bear on speed; type checks are on in both.
  writeFileSync(
    join(copy, "tsconfig.stock.json"),
    JSON.stringify({
      compilerOptions: {
        module: "node16",
        moduleResolution: "node16",
        target: "es2022",
        strict: true,
        esModuleInterop: true,
        skipLibCheck: true,
        types: ["node"],
      },
      include: ["*.ts", "overlays/**/*.ts", "stacks/**/*.ts"],
    }),
  );
  const build = [process.execPath, join(ROOT, "node_modules", "typescript", "bin", "tsc"), "-b"];
  const measured = measure([
    {
      name: "app of cdktf.json",
      command: [
        "sh",
        "-c",
        `${build.map((word) => `'${word}'`).join(" ")} && '${process.execPath}' --enable-source-maps dist/main.js`,
      ],
      cwd: ROOT,
      env: { CDKTF_OUTDIR: join(work, "app.out") },
    },
    {
      name: "npx ts-node main.ts",
      command: ["npx", "--prefix", tools, "ts-node", "--project", "tsconfig.stock.json", "main.ts"],
      cwd: copy,
      env: {
        CDKTF_OUTDIR: join(work, "stock.out"),
        PATH: `${join(tools, "node_modules", ".bin")}:${process.env.PATH}`,
        TS_NODE_COMPILER: join(tools, "node_modules", "typescript"),
      },
    },
  ]);
  const app = measured["app of cdktf.json"]?.seconds ?? 0;
  const tsNode = measured["npx ts-node main.ts"]?.seconds ?? 0;
  rows.push({
    figure: "the stock template's npx ts-node main.ts / app of cdktf.json",
    measured: `${(tsNode / app).toFixed(2)} x (${tsNode.toFixed(2)} s / ${app.toFixed(2)} s)`,
    target: ">= 2 x",
    met: tsNode / app >= 2,
  });
}

/** ts-node and TypeScript 5.9, installed once into the cache. */
function stockTools() {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "groundplan");
  const folder = join(cache, "bench-ts-node-10.9.2");
  if (existsSync(folder)) return folder;
  console.log("installing ts-node 10.9.2 and TypeScript 5.9 (once) …");
  const building = `${folder}.${process.pid}`;
  mkdirSync(building, { recursive: true });
  writeFileSync(join(building, "package.json"), '{"private":true}\n');
  const { status, stderr } = spawnSync(
    "npm",
    ["install", "--no-audit", "--no-fund", "--loglevel=error", "ts-node@10.9.2", "typescript@~5.9.0"],
    {
      cwd: building,
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`cannot install ts-node\n${stderr}`);
  renameSync(building, folder);
  return folder;
}
