import { join } from "node:path";
import { conflicting, down, environment, status, up } from "@groundplan/local";
import { bootstrapAll } from "../bootstrap/all";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { line, paint, say, sayText } from "../console/output";
import { maskOfStacks, type StacksMask } from "../plan/stack-secrets";
import { interrupted, onInterrupt } from "../process/interrupts";
import { plain } from "../process/run";
import { type Progress, runSteps } from "../progress/tasks";
import { synthesizeApp } from "../project/app";
import { s3State, stateStacks } from "../project/backend";
import { runCdktf } from "../project/cdktf";
import { allowedAccounts, type Project, readStacks, regionOf, type Stack } from "../project/project";
import { cdktfScript } from "../project/synth";
import { findTerraform } from "../terraform/binary";
import { failureOf } from "../terraform/failure";
import { providerEnvironment } from "../terraform/mirror";
import { changesOf, type DemoPlan, planPage, planStacks } from "./demo-plan";
import { asCli, place, placeOf, type UpFlags } from "./place";

/** What the steps hand to each other. */
interface DemoContext {
  stacks: readonly Stack[];
  before: DemoPlan[];
  after: DemoPlan[];
}

/**
 * The whole way, on this machine: emulator, state, synth, plan, deploy, and a second plan that is empty.
 * What it starts goes on running afterwards, unless it is interrupted.
 */
export async function demo(
  project: Project,
  flags: UpFlags & { readonly environment: string },
): Promise<void> {
  const started = Date.now();
  const name = flags.environment;
  const terraform = await findTerraform();
  const cdktf = cdktfScript(project);
  const providers = providerEnvironment(join(project.root, ".groundplan", "terraform.rc"));
  Object.assign(process.env, providers);
  if (providers.TF_CLI_CONFIG_FILE === undefined && "TF_CLI_CONFIG_FILE" in providers)
    delete process.env.TF_CLI_CONFIG_FILE;

  const context: DemoContext = { stacks: [], before: [], after: [] };
  const planInto =
    (keep: (context: DemoContext) => DemoPlan[]) => async (ctx: DemoContext, progress: Progress) => {
      const names = ctx.stacks.map((stack) => stack.name);
      keep(ctx).push(...(await planStacks(project, terraform, names, progress)));
      const changes = changesOf(keep(ctx));
      return changes === 0 ? "no changes" : `${changes} changes in ${keep(ctx).length} stacks`;
    };

  await runSteps<DemoContext>(
    [
      {
        title: "Synthesize every environment",
        run: async (ctx) => {
          const all = await synthesizeApp(project);
          // A stack that reads what another publishes cannot be planned before that one stands.
          ctx.stacks = all.filter((stack) => stack.environment === name && stack.dependencies.length === 0);
          if (ctx.stacks.length > 0) return `${all.length} stacks`;
          throw new CliError(
            EXIT.USAGE,
            `no stack of environment ${JSON.stringify(name)}`,
            `use one of ${environmentsOf(all).join(", ")}`,
          );
        },
      },
      {
        title: "Start AWS on this machine",
        run: async ({ stacks }, progress) => {
          const was = await status(place());
          if (!was) onInterrupt(async () => void (await down(place())));
          const options = {
            ...accountOf(stacks),
            ...placeOf(flags),
            ...place(),
            onProgress: progress,
            signal: interrupted,
          };
          const running = await asCli(up(options));
          for (const name of conflicting(process.env)) delete process.env[name];
          Object.assign(process.env, environment(running));
          return `${running.endpoint}, account ${running.account}`;
        },
      },
      {
        title: "Bootstrap the Terraform state",
        run: async ({ stacks }, progress) => {
          progress("the AWS provider waits almost a minute for the bucket's lifecycle rules");
          const results = await bootstrapAll(project, { stack: stateStacksOf(project, stacks) }, progress);
          return results.map(({ bucket, outcome }) => `${bucket} ${outcome}`).join(", ");
        },
      },
      { title: `Plan ${name}`, run: planInto((ctx) => ctx.before) },
      {
        title: `Deploy ${name} (cdktf deploy)`,
        run: async (ctx, progress) => {
          if (changesOf(ctx.before) === 0) return "it stands already";
          const names = ctx.stacks.map((stack) => stack.name);
          const mask = await maskOfStacks(project, ctx.stacks, {
            terraform: terraform.command,
            env: providers,
          });
          const args = ["deploy", ...names, "--auto-approve", "--skip-synth"];
          await cdktfRun(names.join(", "), cdktf, args, { project, progress, mask });
          return names.join(", ");
        },
      },
      {
        title: "Plan again",
        run: async (ctx, progress) => {
          const words = await planInto((context) => context.after)(ctx, progress);
          const changed = ctx.after.filter((plan) => changesOf([plan]) > 0);
          if (changed.length === 0) return words;
          throw new CliError(
            EXIT.FAILED,
            `a second plan of ${changed.map((plan) => plan.stack).join(", ")} is not empty`,
            planPage(changed),
          );
        },
      },
    ],
    context,
  );
  saySummary(name, context, (Date.now() - started) / 1000);
}

async function cdktfRun(
  what: string,
  cdktf: string,
  args: readonly string[],
  { project, progress, mask }: { project: Project; progress: Progress; mask: StacksMask },
): Promise<void> {
  const ended = await runCdktf(cdktf, args, {
    cwd: project.root,
    live: { progress: (text) => progress(`${what}: ${text}`), mask: mask.scrubUnfinished },
  });
  if (ended.exitCode === 0) return;
  const folders = readStacks(project).map(({ folder, name }) => ({ folder, name }));
  // cdktf begins a stack's lines with its name: the last one before the error is the one that failed.
  const failed = folders.find(({ name }) => new RegExp(`^${name}\\b.*Error`, "m").test(plain(ended.all)));
  throw failureOf(
    `cdktf ${args[0]} ${what}`,
    ended.all,
    (failed ?? folders.find(({ name }) => name === what))?.folder ?? project.output,
    { mask: mask.scrub },
  );
}

function environmentsOf(stacks: readonly Stack[]): readonly string[] {
  return [...new Set(stacks.flatMap((stack) => stack.environment ?? []))];
}

/** Names of the state stacks that make the buckets of some stacks. */
function stateStacksOf(project: Project, stacks: readonly Stack[]): readonly string[] {
  const buckets = stacks.flatMap((stack) => s3State(stack)?.bucket ?? []);
  return stateStacks(readStacks(project)).flatMap(({ stack, state }) =>
    buckets.includes(state.bucket) ? [stack.name] : [],
  );
}

/** The emulator plays the account that the stacks are for. */
function accountOf(stacks: readonly Stack[]): { account?: string; region?: string } {
  const [stack] = stacks;
  const account = stack && allowedAccounts(stack)[0];
  const region = stack && regionOf(stack);
  return { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) };
}

function saySummary(name: string, { before, stacks }: DemoContext, seconds: number): void {
  say();
  say(paint.strong(`The plan of ${name}, as a pull request shows it`));
  say();
  sayText(planPage(before));
  say();
  say(
    line`${paint.good("Done")} in ${seconds.toFixed(0)} s. ${stacks.map((stack) => stack.name).join(" and ")} stand on this machine; a second plan is empty.`,
  );
  say();
  say(line`Next:`);
  say(line`  eval "$(npx groundplan local env)"     lead cdktf, Terraform and the AWS CLI to the emulator`);
  say(line`  ${`npx cdktf diff ${stacks[0]?.name ?? name}`.padEnd(38)} plan one stack`);
  say(line`  overlays/dev/environment.ts            change a value, and plan again`);
  say(line`  npm run stop                           end the emulator`);
}
