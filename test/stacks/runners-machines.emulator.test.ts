import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeInstancesCommand,
  EC2Client,
  GetConsoleOutputCommand,
  RebootInstancesCommand,
} from "@aws-sdk/client-ec2";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { type Emulator, startEmulator } from "../emulator";
import { MachineShell } from "../machine-shell";
import { machinesLeftOut } from "../machines";
import { environments } from "../platform";
import { GitHubServer } from "../services/runner-core/github/server";
import { temporaryFolder } from "../temporary-folder";
import { TerraformFolder } from "../terraform";
import { Outside } from "./runner-machine/outside";
import { runnersSurroundings, sendQueued } from "./runners-account";
import { RUNNERS, runnersConfiguration } from "./runners-environment";

/*
 * Instances of the fleet boot: from a bare Debian, by the user data of the launch template, to a runner that takes a job. What
 * they download beside Debian's packages is in runner-machine/.
 */

const LEFT_OUT = machinesLeftOut();
const onHost = LEFT_OUT === undefined ? describe : describe.skip;
if (LEFT_OUT !== undefined) test.skip(`runners that boot: ${LEFT_OUT}`, () => {});

const [dev] = environments;
if (!dev) throw new Error("there is no environment");
const PLACE = { account: dev.account, region: dev.region };

/** Where an agent finds GitHub. */
const GITHUB = "github.example.com";

const LABELS = ["self-hosted", "linux"];
const HOUR = 3_600_000;

onHost("a runner that boots", () => {
  const before = { ...process.env };
  let emulator: Emulator;
  let github: GitHubServer;
  let outside: Outside;
  let folder: string;
  let terraform: TerraformFolder;
  let webhook: string;
  let shell: MachineShell;
  let ec2: EC2Client;

  /** The user data of the launch template, as it is but for the checksum of Node. */
  let script: string;

  beforeAll(async () => {
    folder = temporaryFolder("runners-machines");
    shell = new MachineShell(folder, () => emulator.environment.AWS_ENDPOINT_URL ?? "");
    const { python } = JSON.parse(
      readFileSync(join(__dirname, "..", "..", ".groundplan", "aws.json"), "utf8"),
    );
    outside = await Outside.start(folder, python);
    github = await GitHubServer.start();
    github.configurationOf = (id) => JSON.stringify({ url: `http://${GITHUB}/agent/${id}` });
    mkdirSync(join(folder, "agent"));
    cpSync(join(__dirname, "runner-machine", "run.sh"), join(folder, "agent", "run.sh"));
    const archive = execFileSync("tar", ["-cz", "--mode=755", "-C", join(folder, "agent"), "run.sh"]);
    github.archiveOf = () => archive;
    const standIns = { ...outside.standIns, [`${GITHUB}:80`]: new URL(github.url).host };
    emulator = await startEmulator({ instances: "boot", standIns });
    Object.assign(process.env, emulator.environment);
    ec2 = new EC2Client({});
    terraform = new TerraformFolder(emulator.environment, emulator.provider);
    const configuration = JSON.parse(
      runnersConfiguration("dev", {
        secretArn: await runnersSurroundings(github.privateKey, PLACE),
        apiUrl: github.url,
        pools: { small: { ...RUNNERS.pools.small, proxy: true } as (typeof RUNNERS.pools)[string] },
        // The schedule ends no instance here.
        minutes: { boot: 60, idle: 60, lifetime: 720 },
      }),
    );
    const [template] = Object.values<{ user_data: string }>(configuration.resource.aws_launch_template);
    if (!template) throw new Error("there is no launch template");
    script = Buffer.from(template.user_data, "base64")
      .toString()
      .replace(/^(NODE_SHA256_\w+)=.*$/gm, `$1=${outside.nodeSha256}`);
    template.user_data = userData();
    terraform.write("cdk.tf.json", JSON.stringify(configuration));
    await terraform.succeed("init", "-input=false", "-no-color");
    await terraform.succeed("apply", "-input=false", "-no-color", "-auto-approve");
    webhook = JSON.parse(await terraform.succeed("output", "-json", "webhook_url"));
    const FunctionName = "groundplan-dev-runner-program:live";
    const { FunctionError } = await new LambdaClient({}).send(new InvokeCommand({ FunctionName }));
    expect(FunctionError).toBeUndefined();
  }, 900_000);

  afterAll(async () => {
    process.env = before;
    terraform?.remove();
    await emulator?.stop();
    await github?.stop();
    await outside?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 300_000);

  /** The user data with what an image of one's own has: the authority, a key, and more. */
  function userData(): string {
    const cloud = {
      ca_certs: { trusted: [outside.authority] },
      ssh_authorized_keys: [shell.publicKey],
      // Debian's archive as it was when the base was made: over TLS it may be another authority's.
      apt: { preserve_sources_list: true },
    };
    const parts = [
      ["text/cloud-config", JSON.stringify(cloud)],
      ["text/x-shellscript", script],
    ].map(([type, text]) => `Content-Type: ${type}\nMIME-Version: 1.0\n\n${text}`);
    const text = `Content-Type: multipart/mixed; boundary="part"\nMIME-Version: 1.0\n\n--part\n${parts.join("\n--part\n")}\n--part--\n`;
    return Buffer.from(text).toString("base64");
  }

  /** Starts an instance by a webhook. @returns its id */
  async function order(id: number): Promise<string> {
    expect(await sendQueued(webhook, { id, labels: LABELS })).toBe(202);
    for (;;) {
      const Filters = [{ Name: "tag:groundplan:job", Values: [String(id)] }];
      const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
      const [{ InstanceId } = {}] = Reservations.flatMap(({ Instances = [] }) => Instances);
      if (InstanceId !== undefined) return InstanceId;
      await sleep(500);
    }
  }

  /** Waits for something that holds; an instance that ends meanwhile does not come to it. */
  async function until(instanceId: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await holds())) {
      const state = await stateOf(instanceId);
      if (state !== "pending" && state !== "running")
        throw new Error(`${instanceId} is ${state}:\n${consoles.get(instanceId)?.slice(-3000)}`);
      await sleep(500);
    }
  }

  /** What the instances have written to their consoles, as far as it was looked at. */
  const consoles = new Map<string, string>();

  async function stateOf(InstanceId: string): Promise<string | undefined> {
    const { Output = "" } = await ec2.send(new GetConsoleOutputCommand({ InstanceId }));
    const text = Buffer.from(Output, "base64").toString();
    const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }));
    const state = Reservations[0]?.Instances?.[0]?.State?.Name;
    if (state !== "terminated") consoles.set(InstanceId, text);
    return state;
  }

  async function ended(instanceId: string): Promise<void> {
    while ((await stateOf(instanceId)) !== "terminated") await sleep(500);
  }

  const log = (instanceId: string) => shell.run(instanceId, "sudo cat /var/log/user-data.log");
  const runnerOf = (job: number) => github.taken.find((one) => one.job === job)?.runner;

  let first: string;

  test(
    "a bare Debian becomes a runner that waits for its job",
    async () => {
      first = await order(1);
      await until(first, () => [...github.runners.values()].some(({ status }) => status === "online"));
      expect(stepsOf(await log(first))).toEqual(STEPS);
    },
    HOUR,
  );

  test(
    "a second run of the user data changes nothing, nor does a second boot",
    async () => {
      const state = () => shell.run(first, FINGERPRINT);
      const whole = await state();
      expect(whole.split("\n").length).toBeGreaterThan(1000);
      const again = "for one in /var/lib/cloud/instance/scripts/*; do bash $one || exit 1; done; echo done";
      expect(await shell.run(first, `sudo sh -c '${again}'`)).toContain("done");
      expect(await state()).toBe(whole);

      await ec2.send(new RebootInstancesCommand({ InstanceIds: [first] }));
      await until(first, async () => (await log(first)).match(/the runner starts/g)?.length === 2);
      const said = await log(first);
      expect([said.match(/boot of i-/g)?.length, stepsOf(said)]).toEqual([2, STEPS]);
      expect(await state()).toBe(whole);
    },
    HOUR,
  );

  test(
    "with a job, it goes on when its capacity is about to go; then it ends with the job",
    async () => {
      github.held.add(1);
      github.jobs.push({ id: 1, labels: LABELS, created_at: new Date().toISOString(), status: "queued" });
      await until(first, () => github.taken.some(({ report }) => report !== undefined));
      const removal = `DELETE /orgs/octo/actions/runners/${runnerOf(1)}`;
      for (const notice of ["rebalance-recommendations", "interruptions"]) {
        const asked = github.count(removal);
        await give(notice, first);
        await until(first, () => github.count(removal) > asked);
      }
      await until(first, async () => ((await log(first)).match(/NOTICE \S+/g) ?? []).length === 2);
      // A look in which both are new says them in another order.
      expect((await log(first)).match(/NOTICE \S+/g)?.sort()).toEqual([
        "NOTICE events/recommendations/rebalance",
        "NOTICE spot/instance-action",
      ]);
      expect(github.taken).toMatchObject([
        {
          job: 1,
          isDone: false,
          report: {
            user: "runner",
            node: process.version,
            npm: expect.stringMatching(/^\d+\./),
            docker: "linux",
            aws: expect.stringMatching(/^aws-cli/),
            python: expect.stringMatching(/^Python 3/),
          },
        },
      ]);
      github.held.delete(1);
      await ended(first);
      expect(github.taken).toMatchObject([{ job: 1, isDone: true }]);
    },
    HOUR,
  );

  /** Gives an instance a notice of ten minutes. */
  async function give(notice: string, instanceId: string): Promise<void> {
    const answer = await fetch(`${emulator.environment.AWS_ENDPOINT_URL}/_groundplan/ec2/${notice}`, {
      method: "POST",
      body: JSON.stringify({ instanceId, seconds: 600 }),
    });
    expect(answer.status).toBe(200);
  }
});

const STEPS = [
  ...["cloud-init", "packages", "logs", "aws-cli", "node", "account", "compose", "proxy", "runner-program"],
  "configuration",
];

/** The steps that a log says were begun. */
function stepsOf(log: string): readonly string[] {
  return [...log.matchAll(/Z step (\S+)/g)].map(([, name = ""]) => name);
}

/** What was installed, set and enabled. What changes by itself (logs, caches) is not in it. */
const FINGERPRINT = `sudo sh -c '
cd /
find etc opt usr/local usr/bin usr/sbin var/lib/groundplan-runner home/runner -xdev -type f \
  ! -path "*/__pycache__/*" ! -path "opt/actions-runner/_diag/*" -print0 | sort -z | xargs -0 sha256sum
find etc/systemd -type l | sort
dpkg-query -W'`;
