import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cutLock } from "@groundplan/modules/core/lock";
import { temporaryFolder } from "../temporary-folder";

/** Properties of {@link stateProject}. */
export interface StateProjectProps {
  readonly bucket: string;

  /** @default "123456789012" */
  readonly account?: string;

  /** @default "dynamodb" */
  readonly locking?: "dynamodb" | "both" | "s3";

  /** Another bucket that the stack makes. @default - none */
  readonly artifacts?: string;
}

/** A synthesized CDKTF project on disk that holds one state stack, `state`. */
export interface StateProject {
  readonly folder: string;

  /** Folder of the stack. */
  readonly stack: string;

  /** Folder in which a bootstrap works. */
  readonly work: string;
  readonly table: string;

  /** Makes the folder in which a bootstrap works, to leave something in it. */
  makeWork(): void;

  remove(): void;
}

/** Writes the output of a small CDKTF app: what the command line reads, without a synth. */
export function stateProject({
  bucket,
  account = "123456789012",
  locking = "dynamodb",
  artifacts,
}: StateProjectProps): StateProject {
  const folder = temporaryFolder("project");
  const stack = join(folder, "cdktf.out", "stacks", "state");
  const table = `${bucket}-locks`;
  mkdirSync(stack, { recursive: true });
  // Its app synthesizes what is there, also what a test has changed.
  const app = 'cp -R cdktf.out/. "$CDKTF_OUTDIR"';
  write(join(folder, "cdktf.json"), { language: "typescript", app });
  write(join(folder, "cdktf.out", "manifest.json"), {
    version: "0.21.0",
    stacks: {
      state: {
        name: "state",
        constructPath: "state",
        dependencies: [],
        synthesizedStackPath: "stacks/state/cdk.tf.json",
        workingDirectory: "stacks/state",
      },
    },
  });
  write(join(stack, "cdk.tf.json"), stateJson({ bucket, account, locking, table, artifacts }));
  const committed = readFileSync(join(__dirname, "..", "..", ".terraform.lock.hcl"), "utf8");
  const lock = cutLock(committed, new Set(["registry.terraform.io/hashicorp/aws"]));
  for (const target of [folder, stack]) writeFileSync(join(target, ".terraform.lock.hcl"), lock);
  const work = join(folder, ".groundplan", "bootstrap", "state");
  return {
    folder,
    stack,
    work,
    table,
    makeWork: () => void mkdirSync(work, { recursive: true }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function stateJson({
  bucket,
  account,
  locking,
  table,
  artifacts,
}: Required<Omit<StateProjectProps, "artifacts">> & {
  readonly table: string;
  readonly artifacts: string | undefined;
}): object {
  const ref = "${aws_s3_bucket.state.id}";
  const withTable = locking !== "s3";
  return {
    provider: { aws: [{ region: "us-east-1", allowed_account_ids: [account], max_retries: 2 }] },
    resource: {
      aws_s3_bucket: {
        state: { bucket, tags: { Stack: "state" } },
        ...(artifacts === undefined ? {} : { artifacts: { bucket: artifacts } }),
      },
      aws_s3_bucket_versioning: {
        state: { bucket: ref, versioning_configuration: { status: "Enabled" } },
        ...(artifacts === undefined
          ? {}
          : { artifacts: { bucket: artifacts, versioning_configuration: { status: "Enabled" } } }),
      },
      aws_s3_bucket_public_access_block: {
        state: {
          bucket: ref,
          block_public_acls: true,
          block_public_policy: true,
          ignore_public_acls: true,
          restrict_public_buckets: true,
        },
      },
      aws_s3_bucket_server_side_encryption_configuration: {
        state: {
          bucket: ref,
          rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: "AES256" }] }],
        },
      },
      aws_s3_bucket_ownership_controls: {
        state: { bucket: ref, rule: { object_ownership: "BucketOwnerEnforced" } },
      },
      ...(withTable ? { aws_dynamodb_table: { locks: lockTable(table) } } : {}),
    },
    terraform: {
      backend: {
        s3: {
          bucket,
          key: "state/terraform.tfstate",
          region: "us-east-1",
          encrypt: true,
          ...(withTable ? { dynamodb_table: table } : {}),
          ...(locking === "dynamodb" ? {} : { use_lockfile: true }),
        },
      },
      required_providers: { aws: { source: "aws", version: ">= 5.100.0, < 7.0.0" } },
    },
  };
}

function lockTable(name: string): object {
  return {
    name,
    billing_mode: "PAY_PER_REQUEST",
    hash_key: "LockID",
    attribute: [{ name: "LockID", type: "S" }],
    point_in_time_recovery: { enabled: true },
  };
}

/** Writes a JSON document. */
export function write(file: string, content: unknown): void {
  writeFileSync(file, JSON.stringify(content, null, 2));
}
