import { checkPlatform } from "../../overlays/platform-checks";
import { platform } from "../platform";

test("takes the tests' platform, and comes back as it is", () => {
  expect(checkPlatform(platform)).toBe(platform);
});

test.each([
  ["a name in capitals", { name: "Ground Plan" }, '"Ground Plan"'],
  ["a repository that is none", { repository: "has spaces; <x>" }, 'repository is "has spaces; <x>"'],
  ["a repository without an owner", { repository: "platform" }, 'repository is "platform"'],
  ["a pattern for a repository", { repository: "example/*" }, 'repository is "example/*"'],
  [
    "a pattern for a branch",
    { github: { ...platform.github, defaultBranch: "*" } },
    'branch "*" is not one name',
  ],
  [
    "a number that is none",
    { github: { ...platform.github, ownerId: "*", repositoryId: "2" } },
    'ownerId is "*": not a number of GitHub',
  ],
  [
    "an account of the artifacts that is none of ours",
    { artifactAccount: "210987654321" },
    "none of accounts",
  ],
  [
    "a registry of an account that is none of ours",
    { registryOwners: { "210987654321": "acme" } },
    "none of accounts",
  ],
  [
    "a registry of a platform in capitals",
    { registryOwners: { [platform.artifactAccount]: "Acme" } },
    `registryOwners["${platform.artifactAccount}"]`,
  ],
  ["a Region that is none", { region: "us-east" }, 'region is "us-east"'],
  ["a domain in capitals", { domain: "Example.com" }, 'domain is "Example.com"'],
  [
    "a Git repository of everybody",
    { gitops: { ...platform.gitops, repositoryUrl: "https://github.com/*/platform.git" } },
    "gitops.repositoryUrl is",
  ],
  [
    "a Slack channel with its #",
    { gitops: { ...platform.gitops, slackChannel: "#deployments" } },
    'gitops.slackChannel is "#deployments"',
  ],
  [
    "a PagerDuty service with a space",
    { gitops: { ...platform.gitops, pagerDutyService: "my service" } },
    'gitops.pagerDutyService is "my service"',
  ],
])("%s is refused, with what to write instead", (_, change, said) => {
  expect(() => checkPlatform({ ...platform, ...change })).toThrow(said);
  expect(() => checkPlatform({ ...platform, ...change })).toThrow(/\n {2}at platform\.ts\n {2}use e\.g\. "/);
});

test("of several accounts it is dev's that keeps the artifacts, for dev's job publishes", () => {
  const accounts = { dev: "111111111111", staging: "222222222222", prod: "333333333333" };
  const judge = () => checkPlatform({ ...platform, accounts, artifactAccount: "444444444444" });
  expect(judge).toThrow(/"444444444444": none of accounts\n.*\n {2}use e\.g\. "111111111111", dev's/);
});

test("planted fault: the secret of Argo CD's client in clear is refused, and not repeated", () => {
  const sso = { name: "Okta", issuer: "https://example.okta.com", clientId: "a", clientSecret: "in-clear" };
  const judge = () => checkPlatform({ ...platform, gitops: { ...platform.gitops, sso } });
  expect(judge).toThrow(/clientSecret does not name a key of a Secret[\s\S]*use "\$<Secret>:<key>"/);
  expect(judge).not.toThrow("in-clear");
});

test("all faults are told at once", () => {
  expect(() => checkPlatform({ ...platform, repository: "x", region: "y" })).toThrow(
    /repository is "x"[\s\S]*region is "y"/,
  );
});
