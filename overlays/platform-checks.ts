import { Faults } from "@groundplan/modules/core/errors";
import { NAME_RULES, nameFaults } from "@groundplan/modules/core/names";
import { providerChoiceFaults } from "@groundplan/modules/core/provider-versions";
import { ssoFaults } from "@groundplan/modules/gitops/sso";
import { repositoryFaults, runsFaults } from "@groundplan/modules/identity/github-subjects";
import type { Platform } from "./settings/platform";

/**
 * Judges the facts that a team sets once.
 *
 * @returns the same platform, so that a caller can hand it on.
 * @throws SynthError with every fault of `platform.ts`.
 */
export function checkPlatform(platform: Platform): Platform {
  const faults = new Faults();
  faults.addAll(nameFaults(NAME_RULES.platform, platform.name));
  const { defaultBranch, oidcProvider: _, ...subject } = platform.github;
  faults.addAll(repositoryFaults({ repository: platform.repository, ...subject }));
  faults.addAll(runsFaults([{ branch: defaultBranch }]));
  if (!/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(platform.region)) {
    faults.add(
      `region is ${JSON.stringify(platform.region)}: not the form of an AWS Region`,
      'use e.g. "us-east-1"',
    );
  }
  for (const { key, value, problem, example } of gitOpsFaults(platform)) {
    faults.add(`${key} is ${JSON.stringify(value)}: ${problem}`, `use e.g. ${JSON.stringify(example)}`);
  }
  if (platform.gitops.sso) faults.addAll(ssoFaults(platform.gitops.sso));
  if (!Object.values(platform.accounts).includes(platform.artifactAccount)) {
    const first = platform.promotion[0] ?? "dev";
    faults.add(
      `artifactAccount is ${JSON.stringify(platform.artifactAccount)}: none of accounts`,
      `use e.g. "${platform.accounts[first] ?? "123456789012"}", ${first}'s: its job publishes`,
    );
  }
  for (const [account, owner] of Object.entries(platform.registryOwners ?? {})) {
    if (!Object.values(platform.accounts).includes(account)) {
      faults.add(
        `registryOwners has account ${JSON.stringify(account)}: none of accounts`,
        `use e.g. ${JSON.stringify(Object.values(platform.accounts)[0] ?? "123456789012")}`,
      );
    }
    for (const fault of nameFaults(NAME_RULES.platform, owner)) {
      faults.add(`registryOwners[${JSON.stringify(account)}]: ${fault.what}`, fault.instead);
    }
  }
  if (platform.providers?.aws !== undefined) faults.addAll(providerChoiceFaults(platform.providers.aws));
  faults.throwIfAny("platform.ts");
  return platform;
}

const DOMAIN = /^(?=.{1,200}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

function gitOpsFaults({ domain, gitops }: Platform) {
  const rules = [
    {
      key: "domain",
      value: domain,
      pattern: DOMAIN,
      problem: "not a DNS domain in lower case",
      example: "platform.example.com",
    },
    {
      // A wildcard would let whoever can make a repository of that name deploy.
      key: "gitops.repositoryUrl",
      value: gitops.repositoryUrl,
      pattern: /^(?:https|ssh):\/\/[^*?\s]+$/,
      problem: "not the URL of one Git repository",
      example: "https://github.com/example/platform.git",
    },
    {
      key: "gitops.slackChannel",
      value: gitops.slackChannel,
      pattern: /^[a-z0-9][a-z0-9_-]{0,79}$/,
      problem: "not the name of a Slack channel, without #",
      example: "platform-deployments",
    },
    {
      // It becomes a part of the key that holds the integration's key.
      key: "gitops.pagerDutyService",
      value: gitops.pagerDutyService,
      pattern: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
      problem: "not 1 to 63 lower-case letters, digits and hyphens",
      example: "platform",
    },
  ];
  return rules.filter(({ value, pattern }) => !pattern.test(value));
}
