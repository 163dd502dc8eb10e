import { GitOps, type GitOpsProps } from "@groundplan/modules/gitops";

const props: GitOpsProps = {
  platform: "groundplan",
  repositoryUrl: "https://github.com/groundplan/groundplan.git",
  slackChannel: "deployments",
  pagerDutyService: "groundplan",
  developers: [],
  admins: [],
  environments: [
    { name: "dev", delivery: "continuous" },
    { name: "prod", delivery: "guarded", revision: "v1.0.0" },
  ],
};

test("cluster, namespace and application of an environment have one name", () => {
  const gitops = new GitOps(props);
  expect(gitops.destination("dev")).toEqual({
    environment: "dev",
    cluster: "groundplan-dev",
    namespace: "groundplan-dev",
  });
  expect(gitops.application("prod")).toMatchObject({ delivery: "guarded", revision: "v1.0.0" });
  expect(gitops.application("dev")).not.toHaveProperty("revision");
});

test("developers may sync where delivery is continuous, and nowhere else", () => {
  expect(new GitOps(props).project.developersMaySync).toEqual(["dev"]);
});

test("an environment that is none is refused, with those that are", () => {
  expect(() => new GitOps(props).application("test")).toThrow(/"test"[\s\S]*use one of "dev", "prod"/);
});
