import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Booted, bootChecks, rebootChecks } from "../../../../cli/artifact/ami/boot-checks";
import { bootTest, type Shell } from "../../../../cli/artifact/ami/boot-test";
import { clientsOf } from "../../../../cli/artifact/ami/clients";
import { Machines } from "../../../../cli/artifact/ami/machines";
import { Ssh } from "../../../../cli/artifact/ami/ssh";
import { temporaryFolder } from "../../../temporary-folder";
import { Ec2Server } from "./ec2-server";
import type { RegionState } from "./ec2-state";

const booted = (number: number): Booted => ({
  instance: `i-${number}`,
  address: `203.0.113.${number}`,
  privateAddress: `10.0.0.${number}`,
});
const TRIO = [booted(1), booted(2), booted(3)] as const;
const PATIENCE = { pause: 1, looks: 5 };
const before = { ...process.env };
afterEach(() => {
  process.env = before;
});

test("every check is a script that the shell can read", () => {
  for (const { title, script } of [...bootChecks(TRIO), ...rebootChecks()]) {
    const { status, stderr } = spawnSync("bash", ["-n"], { input: script, encoding: "utf8" });
    expect([title, status, stderr]).toEqual([title, 0, ""]);
  }
});

test("what is no address reaches no script", () => {
  const wrong = { ...booted(2), privateAddress: "10.0.0.2$(reboot)" };
  for (const trio of [
    [booted(1), wrong, booted(3)],
    [booted(1), booted(2), wrong],
  ] as const)
    expect(() => bootChecks(trio)).toThrow("is not an address of IPv4");
});

const ended = (exitCode: number, stdout = "") => ({ exitCode, stdout, all: stdout });

test("a check that fails ends no other, and says what it found; the first machine is started anew once", async () => {
  const reboots: string[] = [];
  const shell: Shell = {
    whenReady: async () => undefined,
    execute: async ({ instance }, script) => {
      if (script === "systemctl reboot") reboots.push(instance);
      return script.includes("ping -6") ? ended(1, "no route") : ended(0, "boot-id");
    },
  };
  const checked = await bootTest(TRIO, { shell, requireRunning: async () => undefined, patience: PATIENCE });
  expect(checked.filter(({ ok }) => !ok)).toEqual([
    { title: "IPv6 passes", instance: "i-1", ok: false, found: "no route" },
  ]);
  expect(checked).toHaveLength(bootChecks(TRIO).length + rebootChecks().length);
  expect(reboots).toEqual(["i-1"]);
});

test("ssh gets the script as its input, an own key, and nobody's settings", async () => {
  const folder = temporaryFolder("ssh");
  try {
    // Runs what would run there, with what stands behind `sudo`.
    writeFileSync(join(folder, "ssh"), `#!/bin/sh\necho "$*" >"${folder}/args"\nexec bash -s\n`);
    chmodSync(join(folder, "ssh"), 0o755);
    process.env.PATH = `${folder}:${before.PATH}`;
    const ssh = await Ssh.make("ubuntu");
    expect(ssh.publicKey).toMatch(/^ssh-ed25519 /);
    expect(await ssh.execute(booted(1), "echo well; exit 3")).toMatchObject({ exitCode: 3, stdout: "well" });
    const args = readFileSync(join(folder, "args"), "utf8");
    expect(args).toMatch(/^-F none -i .*BatchMode=yes.*ubuntu@203\.0\.113\.1 sudo bash -s\n$/);
    await expect(
      ssh.whenReady(booted(1), PATIENCE, async () => undefined, "echo refused; false"),
    ).rejects.toThrow(/i-1 at 203\.0\.113\.1 is not reached by SSH\n {2}refused/);
    // A machine that AWS has ended is not waited for.
    const requireRunning = () => Promise.reject(new Error("i-1 is terminated"));
    await expect(ssh.whenReady(booted(1), PATIENCE, requireRunning, "false")).rejects.toThrow(
      "i-1 is terminated",
    );
    ssh.remove();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe("machines", () => {
  let server: Ec2Server;
  beforeEach(async () => {
    server = await Ec2Server.start();
    Object.assign(process.env, server.environment());
  });
  afterEach(() => server.stop());

  const helpersOf = ({ keyPairs, securityGroups }: RegionState) => [
    ...[...keyPairs.values()].map(({ name }) => `key ${name}`),
    ...[...securityGroups.values()].map(({ name }) => `group ${name}`),
  ];
  const machinesOf = (ami: string) =>
    new Machines(clientsOf("us-east-1"), {
      ami,
      instanceType: "t4g.small",
      sourceCidr: "198.51.100.7/32",
      publicKey: "ssh-ed25519 AAAA",
      tags: { "groundplan:image": "vxlan-graviton", "groundplan:run": "test-1" },
      name: "groundplan-image-test-1",
      patience: PATIENCE,
    });

  test("three are started with tokens alone and their tags, and nothing of them is left", async () => {
    const state = server.region("us-east-1");
    const machines = machinesOf(state.addImage({ name: "a" }).id);
    expect(await machines.start()).toHaveLength(3);
    const asked = server.calls.find(({ action }) => action === "RunInstances")?.params;
    expect(asked?.get("MetadataOptions.HttpTokens")).toBe("required");
    const rules = server.calls.find(({ action }) => action === "AuthorizeSecurityGroupIngress")?.params;
    expect([...(rules?.values() ?? [])]).not.toContain("0.0.0.0/0");
    expect([...state.instances.values()].map(({ tags }) => tags.get("groundplan:run"))).toEqual([
      "test-1",
      "test-1",
      "test-1",
    ]);
    await machines.stop();
    expect([[...state.instances.values()].map((one) => one.state), helpersOf(state)]).toEqual([
      ["terminated", "terminated", "terminated"],
      [],
    ]);
  });

  test("stopped while they are being started: the answer is waited for, and no machine is left", async () => {
    const state = server.region("us-east-1");
    const machines = machinesOf(state.addImage({ name: "a" }).id);
    let asked = () => {};
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    server.onCall = ({ action }) => {
      if (action !== "RunInstances") return;
      asked();
      return new Promise((resolve) => setTimeout(resolve, 50));
    };
    const started = machines.start().catch(() => undefined);
    await isAsked;
    await machines.stop();
    await started;
    expect([[...state.instances.values()].map((one) => one.state), helpersOf(state)]).toEqual([
      ["terminated", "terminated", "terminated"],
      [],
    ]);
  });

  test("started, and nobody heard of it: they are found by their name, with their group and key", async () => {
    const state = server.region("us-east-1");
    const machines = machinesOf(state.addImage({ name: "a" }).id);
    server.fail({ action: "RunInstances", code: "UnauthorizedOperation", carriedOut: true });
    await expect(machines.start()).rejects.toThrow();
    let looks = 0;
    server.onCall = ({ action }) => {
      // EC2 tells of them after a moment.
      if (action !== "DescribeInstances") return;
      looks += 1;
      if (looks === 1) server.fail({ action, code: "InvalidInstanceID.NotFound" });
    };
    await machines.stop();
    expect(looks).toBeGreaterThan(1);
    expect([[...state.instances.values()].map((one) => one.state), helpersOf(state)]).toEqual([
      ["terminated", "terminated", "terminated"],
      [],
    ]);
  });

  test("what cannot be ended is said, and the rest goes all the same", async () => {
    const state = server.region("us-east-1");
    const machines = machinesOf(state.addImage({ name: "a" }).id);
    await machines.start();
    server.fail({ action: "TerminateInstances", code: "UnauthorizedOperation" });
    await expect(machines.stop()).rejects.toThrow();
    // The group is in use; the key is not.
    expect(helpersOf(state)).toEqual(["group groundplan-image-test-1"]);
    await machines.stop();
    expect(helpersOf(state)).toEqual([]);
  });

  test("an AMI that does not start is said, and what was made for it goes", async () => {
    const state = server.region("us-east-1");
    state.startsAs = "terminated";
    const machines = machinesOf(state.addImage({ name: "a" }).id);
    await expect(machines.start()).rejects.toThrow(/is terminated: the AMI does not start/);
    await machines.stop();
    expect(helpersOf(state)).toEqual([]);
  });

  test("one that has ended since is said, with AWS's reason; one that runs is not", async () => {
    const state = server.region("us-east-1");
    const machines = machinesOf(state.addImage({ name: "a" }).id);
    const [first, second] = await machines.start();
    Object.assign(state.instances.get(first.instance) ?? {}, { state: "terminated" });
    await expect(machines.requireRunning(first)).rejects.toThrow(
      `${first.instance} is terminated\n  AWS gives no reason`,
    );
    await machines.requireRunning(second);
    await machines.stop();
  });

  test("one that is refused leaves neither key nor group", async () => {
    const state = server.region("us-east-1");
    const machines = machinesOf("ami-0000");
    await expect(machines.start()).rejects.toThrow();
    await machines.stop();
    expect(helpersOf(state)).toEqual([]);
  });
});
