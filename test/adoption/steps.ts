import { addApp } from "../manifests/second-app";
import type { Copy } from "./copy";

/** Writes a team's own facts into `platform.ts`, and its Region into the defaults of all environments. */
export function changePlatform(copy: Copy): void {
  copy.edit(
    "platform.ts",
    ['name: "groundplan"', 'name: "acme"'],
    ['repository: "groundplan/groundplan"', 'repository: "acme-corp/cloud"'],
    ['region: "us-east-1"', 'region: "eu-central-1"'],
    ['dev: "123456789012"', 'dev: "111111111111"'],
    ['staging: "123456789012"', 'staging: "222222222222"'],
    ['prod: "123456789012"', 'prod: "333333333333"'],
    ['artifactAccount: "123456789012"', 'artifactAccount: "111111111111"'],
    ['domain: "groundplan.example.com"', 'domain: "cloud.acme.example"'],
    ["https://github.com/groundplan/groundplan.git", "https://github.com/acme-corp/cloud.git"],
    ['slackChannel: "groundplan-deployments"', 'slackChannel: "cloud"'],
    ['pagerDutyService: "groundplan"', 'pagerDutyService: "cloud"'],
    ["groundplan:developers", "acme:engineers"],
    ["groundplan:platform", "acme:admins"],
    ['defaultBranch: "main"', 'defaultBranch: "trunk"'],
  );
  copy.edit(
    "overlays/base/environment.ts",
    ['region: "us-east-1"', 'region: "eu-central-1"'],
    [/"us-east-1([abc])"/, '"eu-central-1$1"'],
  );
}

/** Adds an environment as docs/environments.md says: the folder of another, its account, and its place in the promotion. */
export function addEnvironment(
  copy: Copy,
  name: string,
  { like, after, account, cidr }: { like: string; after: string; account: string; cidr: string },
): void {
  copy.copy(`overlays/${like}`, `overlays/${name}`);
  copy.edit(
    `overlays/${name}/environment.ts`,
    [`const ${like} =`, `const ${name} =`],
    [`name: "${like}"`, `name: "${name}"`],
    [`accounts.${like}`, `accounts.${name}`],
    [/cidr: "[^"]*"/, `cidr: "${cidr}"`],
  );
  copy.edit(
    "overlays/index.ts",
    [`import { ${like} } from`, `import { ${name} } from "./${name}/environment";\nimport { ${like} } from`],
    [`  ${like},\n`, `  ${name},\n  ${like},\n`],
  );
  copy.edit(
    "platform.ts",
    [/(accounts: \{\n)/, `$1    ${name}: "${account}",\n`],
    [`promotion: ["${after}"`, `promotion: ["${after}", "${name}"`],
  );
}

/** Adds a service as `api` is: its code, its stack in each environment, its workflow. */
export function addService(copy: Copy, name: string): void {
  copy.copy("services/api", `services/${name}`);
  copy.edit(`services/${name}/package.json`, ["@groundplan/service-api", `@groundplan/service-${name}`]);
  copy.copy("stacks/api.ts", `stacks/${name}.ts`);
  copy.edit(
    `stacks/${name}.ts`,
    ['SERVICE = "api"', `SERVICE = "${name}"`],
    [/\bApiStack/, `${capital(name)}Stack`],
  );
  copy.copy(".github/workflows/api.yml", `.github/workflows/${name}.yml`);
  copy.edit(`.github/workflows/${name}.yml`, [/\bapi\b/, name]);
  registerStack(copy, name, "promotedFrom: environments[index - 1]");
}

/** Adds a stack of a log group to each environment. */
export function addStack(copy: Copy, name: string): void {
  copy.write(
    `stacks/${name}.ts`,
    `import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import type { Construct } from "constructs";
import { EnvironmentStack, type EnvironmentStackProps } from "./environment-stack";

/** What happens in an environment, kept for a year. */
export class ${capital(name)}Stack extends EnvironmentStack {
  constructor(scope: Construct, props: EnvironmentStackProps) {
    super(scope, "${name}", props);
    const { platform, environment } = props;
    new CloudwatchLogGroup(this, "log", {
      name: \`/\${platform.name}/\${environment.name}/${name}\`,
      retentionInDays: 365,
    });
  }
}
`,
  );
  registerStack(copy, name);
}

/** Adds an app of Kubernetes to all environments. */
export function addKubernetesApp(copy: Copy, name: string, environments: readonly string[]): void {
  addApp(`${copy.path}/overlays`, name, environments);
}

function registerStack(copy: Copy, name: string, ...more: readonly string[]): void {
  const props = ["platform", "environment", ...more].join(", ");
  copy.edit(
    "stacks/index.ts",
    [
      "import { ClusterStack }",
      `import { ${capital(name)}Stack } from "./${name}";\nimport { ClusterStack }`,
    ],
    [/( {4}new ApiStack\(.*\);\n)/, `$1    new ${capital(name)}Stack(app, { ${props} });\n`],
  );
}

function capital(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
