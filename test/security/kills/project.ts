import { type ChildProcess, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lives, until } from "../../cli/plan/held-plan";
import { PlanProject, parameter, TABLE } from "../../cli/plan/project";
import { HELD_APP, type Hold, type MakeHold } from "./holds";
import { inClear, leftovers, type Rooms } from "./leftovers";

/** Bucket of the artifacts. */
export const ARTIFACTS = "kills-artifacts";

/** A stack that needs no provider: what Terraform itself does is what is interrupted. */
const TINY = { variable: { secret: { sensitive: true } }, resource: tiny("one") };

function tiny(value: string) {
  return { terraform_data: { it: { input: `\${"${value}"}`, triggers_replace: ["${var.secret}"] } } };
}

/** A run that was started, and what it has said. */
export interface Started {
  readonly child: ChildProcess;
  said(): string;

  /** Its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** A small project in a git repository, whose commands are ended at known points. */
export class KillProject {
  readonly temporary: string;

  private constructor(readonly plans: PlanProject) {
    this.temporary = join(plans.path, "tmp");
    mkdirSync(this.temporary);
    const main = join(plans.path, "main.js");
    writeFileSync(main, HELD_APP + readFileSync(main, "utf8"));
    const own = "node_modules\ncdktf.out\n.groundplan\ntmp\nholds\nresults*\n";
    writeFileSync(join(plans.path, ".gitignore"), own);
    mkdirSync(join(plans.path, "holds"));
    writeFileSync(join(plans.path, "package-lock.json"), "{}\n");
    mkdirSync(join(plans.path, "services", "api"), { recursive: true });
    writeFileSync(join(plans.path, "services", "api", "package.json"), '{ "main": "index.js" }\n');
    this.change("first");
    this.git("init", "-q", "-b", "main");
    this.git("add", ".");
    this.git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "the first");
  }

  static async start(): Promise<KillProject> {
    const project = new KillProject(await PlanProject.start());
    await project.plans.account.createBucket(ARTIFACTS);
    await project.plans.account.keepVersions(ARTIFACTS);
    return project;
  }

  get rooms(): Rooms {
    const locks = () => this.plans.account.locks(TABLE);
    return { project: this.plans.path, temporary: this.temporary, locks };
  }

  /** Gives the stacks, and the service, something that is to be done. */
  change(value: string): void {
    const stacks = {
      "dev-tiny": { json: { ...TINY, resource: tiny(value) } },
      "dev-artifacts": { json: { output: { artifact_bucket: { value: ARTIFACTS } } } },
      "dev-api": { json: api() },
    };
    writeFileSync(join(this.plans.path, "stacks.json"), JSON.stringify(stacks));
    const code = `exports.handler = async () => ${JSON.stringify(value)};\n`;
    writeFileSync(join(this.plans.path, "services", "api", "index.js"), code);
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    const child = this.plans.start(args, { ...this.variables, ...env });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (part: string) => {
        said += part;
      });
    // Not "close": what a killed run has started may have its streams.
    const ended = once(child, "exit").then(([code]) => code as number | null);
    return { child, said: () => said, ended };
  }

  /** Runs a command to its end. */
  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const { ended, said, child } = this.start(args, env);
    const closed = once(child, "close");
    const code = await ended;
    await closed;
    return { code, output: said() };
  }

  /** Runs a command that is to succeed. */
  async succeed(args: readonly string[]): Promise<string> {
    const { code, output } = await this.run(args);
    if (code !== 0) throw new Error(`groundplan ${args.join(" ")} ended with ${code}:\n${output}`);
    return output;
  }

  hold(make: MakeHold): Promise<Hold> {
    return make(join(this.plans.path, "holds"), this.plans.environment.AWS_ENDPOINT_URL ?? "");
  }

  /** Starts a command, and waits until it is held. */
  async startTo(
    hold: Hold,
    args: readonly string[],
    before?: (run: Started) => Promise<void>,
  ): Promise<Started> {
    const run = this.start(args, hold.env);
    await before?.(run);
    await until(() => {
      if (run.child.exitCode !== null) throw new Error(`it ended too early:\n${run.said()}`);
      return hold.isReached();
    });
    return run;
  }

  async stop(): Promise<void> {
    await this.plans.stop();
  }

  private get variables(): Readonly<Record<string, string>> {
    return { TMPDIR: this.temporary, TF_VAR_secret: "a secret of this suite" };
  }

  private git(...args: readonly string[]): void {
    execFileSync("git", [...args], { cwd: this.plans.path });
  }
}

/** A way in which a command may be ended. */
export interface Kill {
  readonly args: readonly string[];
  readonly phase: string;
  readonly hold: MakeHold;

  /** Makes something to be done again, as what a killed run has left at work may have done it. */
  readonly again: () => Promise<void>;
}

/**
 * Kills a command at a point; then ends the same command there by a signal, after it has waited for what the first has
 * left at work; then lets it come to its end. After each, what is left is what may be left.
 */
export async function endTwice(
  project: KillProject,
  kill: Kill,
  signals: readonly NodeJS.Signals[],
): Promise<void> {
  const holds: Hold[] = [];
  const hold = async () => {
    const made = await project.hold(kill.hold);
    holds.push(made);
    return made;
  };
  try {
    const first = await hold();
    const killed = await project.startTo(first, kill.args);
    killed.child.kill("SIGKILL");
    expect(await killed.ended).toBeNull();
    expect(inClear({ project: project.plans.path })).toEqual([]);
    for (const [index, signal] of signals.entries()) {
      await kill.again();
      const next = await hold();
      const held = await project.startTo(next, kill.args, async (run) => {
        if (index === 0) await passOrphan(first, run, next);
      });
      held.child.kill(signal);
      // The signal is heard before what is held goes on.
      await until(() => /stopping/.test(held.said()));
      next.release();
      expect({ signal, code: await held.ended, said: held.said() }).toMatchObject({ signal, code: 130 });
      expect(await leftovers(project.rooms)).toEqual([]);
    }
    const last = project.start(kill.args);
    if (signals.length === 0) await passOrphan(first, last, first);
    expect({ code: await last.ended, said: last.said() }).toMatchObject({ code: 0 });
    expect(await leftovers(project.rooms)).toEqual([]);
  } finally {
    for (const one of holds) one.close();
  }
}

/** Lets what a killed run has left come to its end: a Terraform in a stack is waited for by the next run, which says so. */
async function passOrphan(orphan: Hold, run: Started, next: Hold): Promise<void> {
  const pid = orphan.waiting();
  if (pid !== undefined && "TERRAFORM_BINARY_NAME" in orphan.env)
    await until(
      () =>
        run.said().includes("killed run has left at work") || next.isReached() || run.child.exitCode !== null,
    );
  orphan.release();
  if (pid !== undefined) await until(() => !lives(pid));
}

/** A function whose code is pinned, as docs/serverless.md has it, and nothing else. */
function api(): object {
  const pin = (key: string) => `\${jsondecode(data.aws_ssm_parameter.pin.insecure_value).${key}}`;
  return {
    provider: { aws: [{ region: "us-east-1" }] },
    "terraform.required_providers.aws": { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" },
    data: { aws_ssm_parameter: { pin: { name: "/kills/dev/api/artifact" } } },
    resource: {
      aws_iam_role: {
        it: {
          name: "kills-dev-api",
          assume_role_policy: JSON.stringify({ Version: "2012-10-17", Statement: [] }),
        },
      },
      aws_lambda_function: {
        it: {
          function_name: "kills-dev-api",
          role: "${aws_iam_role.it.arn}",
          handler: "index.handler",
          runtime: "nodejs22.x",
          publish: true,
          s3_bucket: pin("bucket"),
          s3_key: pin("key"),
          s3_object_version: pin("versionId"),
          source_code_hash: pin("sourceCodeHash"),
        },
      },
      aws_lambda_alias: {
        live: {
          name: "live",
          function_name: "${aws_lambda_function.it.function_name}",
          function_version: "${aws_lambda_function.it.version}",
        },
      },
      // Beside the function, so that a plan of all is more than a deploy of code.
      aws_ssm_parameter: { contract: parameter("/kills/dev/api", "{}") },
    },
    output: {
      deployables: {
        value: [
          {
            kind: "lambda",
            environment: "dev",
            service: "api",
            pin: "/kills/dev/api/artifact",
            contract: "/kills/dev/api",
            region: "us-east-1",
            account: "123456789012",
            functionName: "kills-dev-api",
            alias: "live",
            addresses: {
              function: "aws_lambda_function.it",
              alias: "aws_lambda_alias.live",
              canaryAlarms: [],
            },
          },
        ],
      },
    },
  };
}
