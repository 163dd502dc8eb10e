import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import { bootTest } from "../../artifact/ami/boot-test";
import { amisIn } from "../../artifact/ami/facts";
import { Machines } from "../../artifact/ami/machines";
import { withRenewal } from "../../artifact/ami/renewal";
import { Ssh } from "../../artifact/ami/ssh";
import { TAG } from "../../artifact/ami/tags";
import { unreachable } from "../../aws/errors";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { line, paint, say, sayJson } from "../../console/output";
import { within } from "../../process/deadline";
import { onInterrupt } from "../../process/interrupts";
import { runSteps } from "../../progress/tasks";
import {
  examples,
  type ImageFlags,
  type RoleFlags,
  regionClients,
  regionsOf,
  sayRun,
  withImage,
  withRole,
} from "./options";

interface Flags extends ImageFlags, RoleFlags {
  readonly run?: string;
  readonly instanceType: string;
  readonly subnet?: string;
  readonly sourceCidr?: string;
  readonly user: string;
}

/** Every 3 seconds for ten minutes. */
const PATIENCE = { pause: 3_000, looks: 200 };

/** Adds `groundplan image test`. */
export function addTest(image: Command): void {
  withRole(withImage(image.command("test")))
    .argument("[name]", "name of the AMI, as list says it (default: that of --run)")
    .summary("boot three machines of an AMI, and check them and their VXLAN")
    .description(
      "Starts three machines of an AMI in the first Region, with a key and a security group of their own, and checks by SSH that cloud-init and every service are well, that the metadata service wants a token, and that two reach each other over VXLAN: with packets as large as the MTU, by IPv6 and TCP, after a peer was removed and added, and after a reboot. The third is a stranger first, whose packets are dropped; then it joins, and leaves one of the others. At the end all of it is terminated; what a killed test left has the tag of its run: `prune --run`.",
    )
    .option("--run <id>", "the AMI that this build has made; in a workflow GITHUB_RUN_ID")
    .option("--instance-type <type>", "type of the machines", "t4g.small")
    .option("--subnet <id>", "subnet to start them in (default: one of the default VPC)")
    .option("--source-cidr <range>", "from where they are reached (default: this machine's public address)")
    .option("--user <name>", "user that the image lets in", "ubuntu")
    .option("--json", "print the checks as JSON")
    .addHelpText(
      "after",
      examples(
        "test vxlan-graviton-1.2.0",
        "test --run 123456789",
        "test vxlan-graviton-1.2.0 --subnet subnet-0123456789abcdef0 --json",
      ),
    )
    .action((name: string | undefined, flags: Flags) =>
      withRenewal(flags.role, process.env, () => test(name, flags)).catch((error: unknown) => {
        throw unreachable(error);
      }),
    );
}

async function test(wanted: string | undefined, flags: Flags): Promise<void> {
  if (wanted === undefined && flags.run === undefined)
    throw new CliError(
      EXIT.USAGE,
      "which AMI?",
      "name it as `npx groundplan image list` says it, or its build: --run <id>",
    );
  const [region = ""] = regionsOf(flags);
  const clients = regionClients()(region);
  const [ami] = await amisIn(clients, {
    image: flags.image,
    ...(wanted === undefined ? {} : { name: wanted }),
    ...(flags.run === undefined ? {} : { run: flags.run }),
  });
  if (ami?.state !== "available")
    throw new CliError(
      EXIT.FAILED,
      `${region} has no AMI ${wanted ?? `of run ${flags.run}`} that can be started`,
      "see which: npx groundplan image list",
    );
  const sourceCidr = flags.sourceCidr ?? `${await publicAddress()}/32`;
  const run = `test-${randomUUID()}`;
  sayRun(run);
  const ssh = await Ssh.make(flags.user);
  const machines = new Machines(clients, {
    ami: ami.id,
    instanceType: flags.instanceType,
    sourceCidr,
    publicKey: ssh.publicKey,
    tags: { [TAG.image]: flags.image, [TAG.run]: run, [TAG.channel]: "dev" },
    name: `groundplan-image-${run}`,
    patience: PATIENCE,
    ...(flags.subnet === undefined ? {} : { subnet: flags.subnet }),
  });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= machines.stop());
  onInterrupt(stop);
  const context: { checked: Awaited<ReturnType<typeof bootTest>> } = { checked: [] };
  try {
    await runSteps(
      [
        {
          title: "Boot three machines, and check them",
          tells: true,
          run: async (_, progress) => {
            progress("starting");
            const booted = await machines.start();
            context.checked = await bootTest(booted, {
              shell: ssh,
              requireRunning: (machine) => machines.requireRunning(machine),
              patience: PATIENCE,
              progress,
            });
            return `${context.checked.filter(({ ok }) => ok).length} of ${context.checked.length} checks`;
          },
        },
      ],
      context,
      flags.json,
    );
  } finally {
    await stop().finally(() => ssh.remove());
  }
  const ok = context.checked.every((one) => one.ok);
  if (flags.json)
    sayJson({
      format: "groundplan.ami.test",
      version: 1,
      name: ami.name,
      region,
      ami: ami.id,
      run,
      ok,
      checks: [...context.checked],
    });
  else
    for (const one of context.checked) {
      say(line`${one.ok ? paint.good("ok") : paint.bad("failed")}  ${one.instance}: ${one.title}`);
      if (!one.ok) say(line`    ${one.found}`);
    }
  if (!ok) process.exitCode = EXIT.FAILED;
}

/** The public address of this machine, as AWS sees it. */
async function publicAddress(): Promise<string> {
  const text = await within(10_000, async (signal) => {
    const answer = await fetch("https://checkip.amazonaws.com", { signal });
    return (await answer.text()).trim();
  }).catch(() => "");
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return text;
  throw new CliError(
    EXIT.MISSING,
    "the public address of this machine is not known",
    "name it: --source-cidr 198.51.100.7/32",
  );
}
