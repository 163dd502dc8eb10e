import { failureOf as explained, type FailureProps } from "../../../cli/terraform/failure";

/** A failure without secrets. */
const failureOf = (what: string, output: string, where: string, props: Partial<FailureProps> = {}) =>
  explained(what, output, where, { mask: (text) => text, ...props });

const LOCKED = `
╷
│ Error: Error acquiring the state lock
│
│ Error message: operation error DynamoDB: PutItem, https response error StatusCode: 400
│ Lock Info:
│   ID:        6a0c8f5e-1f0b-4c55-8f5b-0d7f2a9b1c11
│   Path:      a-bucket/environments/dev/network/terraform.tfstate
│   Operation: OperationTypeApply
│   Who:       ci@runner-7
│   Version:   1.11.4
│   Created:   2026-11-20 10:00:00 +0000 UTC
│   Info:
╵`;

test("a lock: who holds it, where, and how it is released", () => {
  const { exitCode, message } = failureOf("cdktf deploy dev-network", LOCKED, "cdktf.out/stacks/dev-network");

  expect(exitCode).toBe(4);
  expect(message).toContain("locked by ci@runner-7 since 2026-11-20 10:00:00 +0000 UTC (OperationTypeApply)");
  expect(message).toContain("at a-bucket/environments/dev/network/terraform.tfstate");
  expect(message).toContain(
    "terraform -chdir=cdktf.out/stacks/dev-network force-unlock 6a0c8f5e-1f0b-4c55-8f5b-0d7f2a9b1c11",
  );
});

test("a lock error without a lock is an error like any other", () => {
  const text = "Error: Error acquiring the state lock\n\nError message: AccessDenied";

  expect(failureOf("x", text, "y")).toMatchObject({ exitCode: 1 });
});

test.each([
  [
    "in the table",
    "ConditionalCheckFailedException: The conditional request failed\nunexpected end of JSON input",
  ],
  [
    "in the bucket",
    "api error\nPreconditionFailed: At least one of the pre-conditions you specified did not\nhold",
  ],
  [
    "whose id is a command",
    "ConditionalCheckFailedException: no\nLock Info:\n  ID:        $(id)\n  Who:       ada@laptop",
  ],
])("a damaged lock %s is a lock, with the command that says more", (_, said) => {
  const text = `Error: Error acquiring the state lock\n\nError message: operation error, https response error\n${said}`;

  const { exitCode, message } = failureOf("dev-network: planning", text, "the/folder");

  expect(exitCode).toBe(4);
  expect(message).toContain("the state is locked, and its lock cannot be read\n  at the/folder\n");
  expect(message).toMatch(/npx groundplan state locks$/);
});

test("no credentials", () => {
  const { exitCode, message } = failureOf("x", "│ Error: No valid credential sources found", "y");

  expect(exitCode).toBe(3);
  expect(message).toContain("no AWS credentials");
});

test("an endpoint that does not answer is named", () => {
  const text = '│ Error: Post "http://127.0.0.1:4566/": dial tcp 127.0.0.1:4566: connect: connection refused';

  const { exitCode, message } = failureOf("x", text, "y");

  expect(exitCode).toBe(3);
  expect(message).toContain("http://127.0.0.1:4566 cannot be reached");
});

test("any other error: the reason first, without its frame, the place last", () => {
  const text =
    "noise\n\u001b[31m╷\u001b[0m\n│ Error: creating S3 Bucket (a): BucketAlreadyExists\n│\n│   with aws_s3_bucket.a,\n╵";

  const { exitCode, message } = failureOf("dev: deploying", text, "the/folder");

  expect(exitCode).toBe(1);
  expect(message).toMatch(/^dev: deploying: creating S3 Bucket \(a\): BucketAlreadyExists\n/);
  expect(message).toMatch(/at the\/folder$/);
});

test("output without an error gives its last lines", () => {
  expect(failureOf("x", "one\ntwo\nthree\nfour\n", "y").message).toBe("x: two\n  three\n  four\n  at y");
  expect(failureOf("x", "", "y").message).toContain("no reason given");
});

test("an error that only says that others follow gives way to them", () => {
  const general =
    "Error: Terraform encountered problems during initialisation, including problems\nwith the configuration.";
  const real = "Error: Duplicate backend configuration\n\n  on cdk.tf.json line 44";

  expect(failureOf("init", `${general}\n\n${real}`, "here").message).toMatch(
    /^init: Duplicate backend configuration/,
  );
  expect(failureOf("init", general, "here").message).toMatch(/^init: Terraform encountered problems/);
});

test("a lock that does not cover what is required names the command that writes it", () => {
  const text = `
╷
│ Error: Failed to query available provider packages
│
│ Could not retrieve the list of available versions for provider hashicorp/aws: locked provider
│ registry.terraform.io/hashicorp/aws 5.100.0 does not match configured version constraint >= 6.0.0; must use
│ terraform init -upgrade to allow selection of new versions
╵`;

  const { exitCode, message } = failureOf("init", text, "y");

  expect(exitCode).toBe(1);
  expect(message).toContain("Failed to query available provider packages");
  expect(message).toMatch(/write it anew: npx groundplan lock$/);
  expect(failureOf("init", "Error: another", "y").message).not.toContain("groundplan lock");
});

describe("credentials of another account", () => {
  const REFUSED =
    "\u2502 Error: Invalid account ID\n\u2502 \n\u2502 AWS account ID not allowed: 123456789012\n";

  test("says which account is needed, and how stacks of several accounts are planned", () => {
    const accounts = ["222222222222"];
    const { exitCode, message } = failureOf("init", REFUSED, "cdktf.out/stacks/a", { accounts });
    expect(exitCode).toBe(1);
    expect(message).toContain("of account 123456789012, and the stack is for account 222222222222");
    expect(message).toContain("--profile '{account}'");
  });

  test("says so of a stack that does not name its account", () => {
    expect(failureOf("init", REFUSED, "cdktf.out/stacks/a").message).toContain(
      "the stack is for another one",
    );
  });
});

describe("Terraform's explanation", () => {
  const PRECONDITION = `
Error: Resource precondition failed

  on cdk.tf.json line 30, in resource.terraform_data.nodes.lifecycle.precondition[0]:
  30:             "condition": "\${var.size < 10}",
    ├────────────────
    │ var.size is 12

Ask the platform team before you go above 9 nodes.

It answers within a day.
`;

  test("is shown whole: after the heading the words, the values, the place, and no line of code", () => {
    expect(failureOf("plan", PRECONDITION, "here").message).toBe(
      [
        "plan: Resource precondition failed",
        "Ask the platform team before you go above 9 nodes.",
        "It answers within a day.",
        "var.size is 12",
        "on cdk.tf.json line 30, in resource.terraform_data.nodes.lifecycle.precondition[0]",
        "at here",
      ].join("\n  "),
    );
  });

  test("is shown of three errors, each once, and the others are counted", () => {
    const error = (name: string) => `Error: no ${name}\n\nIt is not there.\n`;
    const all = ["a", "b", "b", "c", "d", "e"].map(error).join("\n");

    expect(failureOf("plan", all, "here").message).toBe(
      "plan: no a\n  It is not there.\n  no b\n  It is not there.\n  no c\n  It is not there.\n  2 errors more\n  at here",
    );
  });

  test("of very many lines is cut, and says so", () => {
    const long = `Error: bad policy\n\n${Array.from({ length: 50 }, (_, at) => `word ${at}`).join("\n")}\n`;

    expect(failureOf("plan", long, "here").message).toMatch(/word 28\n {2}… 21 lines more\n {2}at here$/);
  });
});

test("a secret is in no line of it", () => {
  const mask = (text: string) => text.replaceAll("Quiet Otter", "(sensitive value)");
  const text = "Error: bad login\n\nNobody is called Quiet Otter.\n";

  expect(failureOf("plan", text, "here", { mask }).message).toBe(
    "plan: bad login\n  Nobody is called (sensitive value).\n  at here",
  );
  expect(failureOf("plan", text, "here").message).toContain("Quiet Otter");
});
