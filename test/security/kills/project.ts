import { execFileSync } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { BUCKET, PlanProject, parameter, TABLE } from "../../cli/plan/project";
import { HELD_APP, type Hold, type MakeHold } from "./holds";
import { holdersOf, inClear, leftovers } from "./leftovers";
import { type KillPlace, listenTo, runTo, type Started, startTo, succeed } from "./run";

/** Bucket of the artifacts. */
export const ARTIFACTS = "kills-artifacts";

/** What Terraform gets by a variable that is sensitive. */
const SECRET = "a secret of this suite";

/** A stack that needs no provider: what Terraform itself does is what is interrupted. */
const TINY = { variable: { secret: { sensitive: true } }, resource: tiny("one") };

function tiny(value: string) {
  return { terraform_data: { it: { input: `\${"${value}"}`, triggers_replace: ["${var.secret}"] } } };
}

/** A small project in a git repository, whose commands are ended at known points. */
export class KillProject implements KillPlace {
  readonly temporary: string;
  private readonly planKey = randomBytes(32).toString("base64");

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
    const project = new KillProject(await PlanProject.start({ withProvider: true }));
    await project.plans.account.createBucket(ARTIFACTS);
    for (const bucket of [ARTIFACTS, BUCKET]) await project.plans.account.keepVersions(bucket);
    return project;
  }

  /** Gives the stacks, and the service, something that is to be done. */
  change(value: string): void {
    const stacks = {
      "dev-tiny": { json: { ...TINY, resource: tiny(value) } },
      "dev-artifacts": { json: { output: { artifact_bucket: { value: ARTIFACTS } } } },
      "dev-api": { json: api("dev") },
      "prod-api": { json: api("prod") },
    };
    writeFileSync(join(this.plans.path, "stacks.json"), JSON.stringify(stacks));
    const code = `exports.handler = async () => ${JSON.stringify(value)};\n`;
    writeFileSync(join(this.plans.path, "services", "api", "index.js"), code);
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    return listenTo(this.plans.start(args, { ...this.variables, ...env }));
  }

  run(args: readonly string[]) {
    return runTo(this, args);
  }

  succeed(args: readonly string[]): Promise<string> {
    return succeed(this, args);
  }

  startTo(hold: Hold, args: readonly string[]): Promise<Started> {
    return startTo(this, hold, args);
  }

  hold(make: MakeHold): Promise<Hold> {
    return make(join(this.plans.path, "holds"), this.plans.environment.AWS_ENDPOINT_URL ?? "");
  }

  leftovers(): Promise<readonly string[]> {
    const locks = () => this.plans.account.locks(TABLE);
    return leftovers({ project: this.plans.path, temporary: this.temporary, locks });
  }

  inClear(): readonly string[] {
    return [...inClear({ project: this.plans.path }), ...holdersOf(SECRET, this.plans.path)];
  }

  /** Leaves the lock of a run that has died. @returns its id. */
  async leaveLock(stack: string): Promise<string> {
    const ID = randomUUID();
    const path = `${BUCKET}/${stack}.tfstate`;
    const info = {
      ID,
      Operation: "OperationTypeApply",
      Info: "",
      Who: "ci@runner-7",
      Version: "1.11.4",
      Path: path,
    };
    const Info = { S: JSON.stringify({ ...info, Created: "2026-11-20T10:00:00Z" }) };
    const put = new PutItemCommand({ TableName: TABLE, Item: { LockID: { S: path }, Info } });
    await this.plans.account.dynamodb.send(put);
    return ID;
  }

  async stop(): Promise<void> {
    await this.plans.stop();
  }

  private get variables(): Readonly<Record<string, string>> {
    return { TMPDIR: this.temporary, TF_VAR_secret: SECRET, GROUNDPLAN_PLAN_KEY: this.planKey };
  }

  private git(...args: readonly string[]): void {
    execFileSync("git", [...args], { cwd: this.plans.path });
  }
}

/** A function whose code is pinned, as docs/serverless.md has it, and nothing else. */
function api(environment: string): object {
  const pin = (key: string) => `\${jsondecode(data.aws_ssm_parameter.pin.insecure_value).${key}}`;
  return {
    provider: { aws: [{ region: "us-east-1" }] },
    "terraform.required_providers.aws": { source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" },
    data: { aws_ssm_parameter: { pin: { name: `/kills/${environment}/api/artifact` } } },
    resource: {
      aws_iam_role: {
        it: {
          name: `kills-${environment}-api`,
          assume_role_policy: JSON.stringify({ Version: "2012-10-17", Statement: [] }),
        },
      },
      aws_lambda_function: {
        it: {
          function_name: `kills-${environment}-api`,
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
      aws_ssm_parameter: { contract: parameter(`/kills/${environment}/api`, "{}") },
    },
    output: {
      deployables: {
        value: [
          {
            kind: "lambda",
            environment,
            service: "api",
            pin: `/kills/${environment}/api/artifact`,
            contract: `/kills/${environment}/api`,
            region: "us-east-1",
            account: "123456789012",
            functionName: `kills-${environment}-api`,
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
