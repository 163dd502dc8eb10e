import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { runProgram } from "../../program";
import { temporaryFolder } from "../../temporary-folder";
import { SCRIPTS } from "./lab";

const IMAGE = join(SCRIPTS, "..");
const PATH = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`;
const has = (program: string) => spawnSync("which", [program], { env: { PATH } }).status === 0;
const isInCi = process.env.CI === "true";

/** Runs where the tool is, and in CI. */
const withTool = (tool: string, name: string, run: () => Promise<void>) =>
  has(tool) || isInCi ? test(name, run) : test.skip(`${name}: ${tool} is not installed`, () => {});

const scripts = [SCRIPTS, IMAGE].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".sh"))
    .map((name) => join(folder, name)),
);

withTool("shellcheck", "shellcheck finds nothing in the scripts, and a planted fault", async () => {
  expect(scripts.length).toBeGreaterThan(2);
  const { output } = await runProgram("shellcheck", ["-x", ...scripts]);
  expect(output).toBe("");
  const faulty = join(temporaryFolder("script"), "faulty.sh");
  writeFileSync(faulty, "#!/usr/bin/env bash\nrm -rf $1/x\n");
  expect((await runProgram("shellcheck", [faulty])).output).toContain("SC2086");
});

withTool("systemd-analyze", "systemd takes the unit, and a planted fault is said", async () => {
  const root = temporaryFolder("unit");
  const programs = join(root, "usr/local/sbin");
  mkdirSync(programs, { recursive: true });
  for (const script of readdirSync(SCRIPTS).filter((name) => name.endsWith(".sh"))) {
    cpSync(join(SCRIPTS, script), join(programs, script));
    chmodSync(join(programs, script), 0o755);
  }
  const unit = readFileSync(join(SCRIPTS, "vxlan.service"), "utf8").replaceAll("/usr/local/sbin", programs);
  const judge = async (text: string) => {
    const path = join(root, "vxlan.service");
    writeFileSync(path, text);
    const { output } = await runProgram("systemd-analyze", ["verify", path]);
    // An unknown key is a warning with the exit code 0; units of the machine are not what is judged.
    return output.split("\n").filter((line) => line.includes("vxlan.service"));
  };
  expect(await judge(unit)).toEqual([]);
  expect((await judge(unit.replace("RemainAfterExit", "RemainsAfterExit"))).join()).toMatch(/Unknown key/);
  expect((await judge(unit.replace("vxlan-setup.sh", "missing.sh"))).join()).toMatch(/not executable/);
});

test("an address has one form, as a URL has it, whatever it is written as", async () => {
  const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
  const spelled = fc
    .tuple(fc.array(group, { minLength: 8, maxLength: 8 }), fc.boolean(), fc.boolean())
    .map(([groups, padded, upper]) => {
      const text = groups.map((one) => one.toString(16).padStart(padded ? 4 : 1, "0")).join(":");
      return upper ? text.toUpperCase() : text;
    });
  const valid = [
    ...fc.sample(spelled, 100),
    "::",
    "::1",
    "1::",
    "fe80::1:2",
    "1:2:3:4:5:6:7::",
    "::2:3:4:5:6:7:8",
  ];
  const invalid = [
    "1::2::3",
    ":::",
    "1:2:3",
    "1:2:3:4:5:6:7:8:9",
    ":1::",
    "12345::",
    "1:2:3:4:5:6:7:8::",
    "1.2.3",
  ];
  const none = ["256.1.1.1", "1.2.3.4.5", "01.2.3.4", "host", "-1", "fe80::1%eth0"];
  const lines = [...valid, "10.0.0.1", ...invalid, ...none];
  const script = `. ${join(SCRIPTS, "vxlan-config.sh")}; while read -r line; do echo "[$(canonical "$line")]"; done`;
  const { stdout } = await runProgram("bash", ["-c", script], { input: `${lines.join("\n")}\n` });
  const urls = valid.map((address) => {
    const { hostname } = new URL(`http://[${address}]`);
    return hostname;
  });
  expect(stdout.trim().split("\n")).toEqual([
    ...urls,
    "[10.0.0.1]",
    ...[...invalid, ...none].map(() => "[]"),
  ]);
});

/** What the configuration is found to be: the failure's name, or `valid`. */
async function judgement(text: string): Promise<string> {
  const file = join(temporaryFolder("conf"), "vxlan.conf");
  writeFileSync(file, text);
  const script = `. ${join(SCRIPTS, "vxlan-config.sh")}; read_config "${file}"; check_config; echo valid`;
  const { output } = await runProgram("bash", ["-c", `set -eu; ${script}`]);
  return /^vxlan: ([A-Z0-9_]+): /.exec(output)?.[1] ?? output.trim();
}

test("the example is valid, and says each key with its default", async () => {
  const example = readFileSync(join(SCRIPTS, "vxlan.conf.example"), "utf8");
  expect(await judgement(example)).toBe("valid");
  const text = readFileSync(join(SCRIPTS, "vxlan-config.sh"), "utf8");
  const keys = /^KEYS="(.*)"$/m.exec(text)?.[1]?.split(" ") ?? [];
  const said = [...example.matchAll(/^([A-Z_]+)=/gm)].map(([, key]) => key);
  expect([...said, "METADATA_URL"].sort()).toEqual([...keys].sort());
});

test.each([
  ["", "VXLAN_ID_MISSING"],
  ["VXLAN_ID=0", "VXLAN_ID_INVALID"],
  ["VXLAN_ID=16777216", "VXLAN_ID_INVALID"],
  ["VXLAN_ID=042", "VXLAN_ID_INVALID"],
  ["VXLAN_ID=42\nPORT=65536", "PORT_INVALID"],
  ["VXLAN_ID=42\nMTU=575", "MTU_INVALID"],
  ["VXLAN_ID=42\nBRIDGE=a-name-of-16-char", "INTERFACE_NAME_INVALID"],
  ["VXLAN_ID=42\nLEARNING=yes", "SWITCH_INVALID"],
  ["VXLAN_ID=42\nFAMILY=ipx", "FAMILY_INVALID"],
  ["VXLAN_ID=42\nADDRESSES=192.168.100.1", "ADDRESS_INVALID"],
  ["VXLAN_ID=42\nADDRESSES=192.168.100.1/33", "ADDRESS_INVALID"],
  ["VXLAN_ID=42\nPEER=10.0.0.1", "CONFIG_KEY_UNKNOWN"],
  ["VXLAN_ID=42\nexport PEERS=10.0.0.1", "CONFIG_LINE_INVALID"],
  ["VXLAN_ID=42\nPEERS=$(touch /tmp/x)", "CONFIG_LINE_INVALID"],
  ["VXLAN_ID=42\nPEERS=`id`", "CONFIG_LINE_INVALID"],
  ["VXLAN_ID=a[$(id)]", "CONFIG_LINE_INVALID"],
  ["VXLAN_ID=HOME", "VXLAN_ID_INVALID"],
])("%j fails by its name", async (text, name) => {
  expect(await judgement(text)).toBe(name);
});

test("each name of a failure is in the documentation", () => {
  const path = join(IMAGE, "..", "..", "docs", "images.md");
  const page = existsSync(path) ? readFileSync(path, "utf8") : "";
  const names = scripts.flatMap((script) =>
    [...readFileSync(script, "utf8").matchAll(/\bfail ([A-Z0-9_]+)/g)].map(([, name]) => name),
  );
  expect(names.length).toBeGreaterThan(20);
  expect([...new Set(names)].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
