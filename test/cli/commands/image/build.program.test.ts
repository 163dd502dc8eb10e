import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Ajv } from "ajv";
import { AMI_FORMATS } from "../../../../cli/artifact/ami/formats";
import { EXIT } from "../../../../cli/console/exit-codes";
import { temporaryFolder } from "../../../temporary-folder";
import { Ec2Server } from "../../artifact/ami/ec2-server";
import { groundplan, startGroundplan } from "../../groundplan";

/** The whole command in three Regions, with a program in Packer's place that asks this test for the AMI. */

const REGIONS = ["us-east-1", "us-west-2", "eu-west-1"];
const SHA = "0123456789abcdef0123456789abcdef01234567";
const BUILD = ["image", "build", "--tag", "v1.2.0", "--regions", REGIONS.join()];

/** Tells what it is to build, waits for the id, and says it as Packer does; told to end it says so, and fails. */
const PACKER = `#!/bin/sh
[ "$1" = --version ] && { echo 1.6.6; exit 0; }
trap 'echo cancelled > ended; exit 1' INT
for one in "$@"; do case $one in -var-file=*) cat "\${one#-var-file=}" > asked.new; mv asked.new asked;; esac; done
while ! [ -e answer ]; do sleep 0.05; done
read -r region id < answer
[ "$id" = none ] && { echo "1,,error,no spare capacity"; exit 1; }
echo "1,amazon-ebs,artifact,0,id,$region:$id"
`;
let server: Ec2Server;
let folder: string;

beforeEach(async () => {
  server = await Ec2Server.start();
  for (const region of REGIONS) server.region(region).copyTakes = -1;
  folder = temporaryFolder("image-build");
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin", "packer"), PACKER);
  chmodSync(join(folder, "bin", "packer"), 0o755);
  writeFileSync(join(folder, "template.pkr.json"), '{"variable":{"key_name":{}}}');
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const env = (more: Readonly<Record<string, string>> = {}) => ({
  ...server.environment(),
  GITHUB_SHA: SHA,
  GITHUB_REF: "refs/tags/v1.2.0",
  PATH: `${join(folder, "bin")}:${process.env.PATH}`,
  ...more,
});
const run = (...args: readonly string[]) => groundplan(args, { cwd: folder, env: env() });

const place = (region: string) => join(folder, ".groundplan", "image", "vxlan-graviton-1.2.0", region);

/** Waits until Packer is asked for a Region. @returns its variables. */
async function asked(region: string): Promise<{ readonly tags: Record<string, string>; key_name: string }> {
  while (!existsSync(join(place(region), "asked"))) await sleep(20);
  return JSON.parse(readFileSync(join(place(region), "asked"), "utf8"));
}

/** Makes the AMI that Packer is asked for; without, Packer fails. */
async function answer(region: string, isMade = true): Promise<void> {
  const { tags } = await asked(region);
  const id = isMade ? server.region(region).addImage({ name: "vxlan-graviton-1.2.0", tags }).id : "none";
  writeFileSync(join(place(region), "answer.new"), `${region} ${id}\n`);
  // Whole at once: it is waited for.
  renameSync(join(place(region), "answer.new"), join(place(region), "answer"));
}

/** Everything that is there and lacks the run's tag. */
const untagged = (run: string) =>
  REGIONS.flatMap((name) => {
    const { images, snapshots, instances } = server.region(name);
    return [...images.values(), ...snapshots.values(), ...instances.values()]
      .filter(({ tags }) => tags.get("groundplan:run") !== run)
      .map(({ id }) => `${id} in ${name}`);
  });

test("in each Region: one that fails takes no other down, and what is made is tagged and listed", async () => {
  const building = run(...BUILD, "--way", "each", "--run", "42", "--json");
  await Promise.all([answer("us-east-1"), answer("us-west-2", false), answer("eu-west-1")]);
  const { code, stdout, stderr } = await building;
  expect([code, stderr]).toEqual([
    EXIT.FAILED,
    expect.stringMatching(
      /^Run 42; what it leaves.*image prune --run 42\n.*us-west-2: Packer failed.*no spare/s,
    ),
  ]);
  const document = JSON.parse(stdout);
  expect(new Ajv().compile(AMI_FORMATS["ami-build"])(document)).toBe(true);
  expect(document.amis.map(({ region, how }: Record<string, string>) => [region, how])).toEqual([
    ["us-east-1", "built"],
    ["eu-west-1", "built"],
  ]);
  expect((await asked("us-east-1")).key_name).toMatch(/^groundplan-image-42-[0-9a-f]{8}$/);
  expect(readdirSync(join(place("us-east-1"), "..")).filter((one) => one.startsWith("manifest"))).toEqual([
    "manifest-eu-west-1.json",
    "manifest-us-east-1.json",
  ]);
  expect(untagged("42")).toEqual([]);
}, 60_000);

test("a copy that fails: the others have theirs, and resume by the run that was said does the rest", async () => {
  server.fail({ action: "CopyImage", region: "us-west-2", code: "UnauthorizedOperation" });
  const building = run(...BUILD);
  await answer("us-east-1");
  const { code, stdout, stderr } = await building;
  const [, id = ""] = /^Run ([0-9a-f-]{36});/.exec(stderr) ?? [];
  expect([code, stdout]).toEqual([EXIT.FAILED, expect.stringContaining(`image resume --run ${id}`)]);
  const resumed = await run("image", "resume", "--run", id, "--regions", "eu-west-1");
  expect([resumed.code, resumed.stdout]).toEqual([0, expect.stringMatching(/us-west-2: ami-\w+ \(copied\)/)]);
  expect(untagged(id)).toEqual([]);
}, 60_000);

test("killed in the middle of the copies: resume finishes them, and a sweep finds nothing else", async () => {
  const child = startGroundplan([...BUILD, "--run", "42"], { cwd: folder, env: env() });
  server.onCall = ({ action }) => {
    if (action === "CopyImage") child.kill("SIGKILL");
  };
  await answer("us-east-1");
  await once(child, "exit");
  server.onCall = () => undefined;
  expect((await run("image", "resume", "--run", "42")).code).toBe(0);
  expect(REGIONS.map((name) => server.region(name).images.size)).toEqual([1, 1, 1]);
  const swept = await run("image", "prune", "--run", "42", "--yes", "--regions", REGIONS.join());
  expect(swept.stdout).toContain(`Run 42 left nothing in ${REGIONS.join(", ")}`);
  expect(untagged("42")).toEqual([]);
}, 60_000);

test("killed while Packer builds: Packer ends too, and a sweep takes the builder, its group and its key", async () => {
  const child = startGroundplan([...BUILD, "--run", "42"], { cwd: folder, env: env() });
  const { tags, key_name } = await asked("us-east-1");
  const state = server.region("us-east-1");
  const group = state.addSecurityGroup("packer_1", "Temporary group for Packer");
  state.addKeyPair(key_name);
  Object.assign(state.addInstance("ami-0ba5e", tags), { key: key_name, groups: [group.id] });
  child.kill("SIGKILL");
  while (!existsSync(join(place("us-east-1"), "ended"))) await sleep(20);
  const swept = await run("image", "prune", "--run", "42", "--yes");
  expect(swept.stdout).toContain("us-east-1: 3 resources removed");
  expect([state.securityGroups.size, state.keyPairs.size, untagged("42")]).toEqual([0, 0, []]);
}, 60_000);
