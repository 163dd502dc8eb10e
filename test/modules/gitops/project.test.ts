import { type AppProjectProps, appProject } from "@groundplan/modules/gitops";

const props: AppProjectProps = {
  platform: "groundplan",
  repositoryUrl: "https://github.com/groundplan/groundplan.git",
  destinations: ["dev", "prod"].map((environment) => ({
    environment,
    cluster: `groundplan-${environment}`,
    namespace: `groundplan-${environment}`,
  })),
  developers: ["org:developers"],
  admins: ["org:platform"],
  developersMaySync: ["dev"],
};

test("one repository, the namespaces of the environments, three kinds outside of them", () => {
  const { spec } = appProject(props);
  expect(spec.sourceRepos).toEqual(["https://github.com/groundplan/groundplan.git"]);
  expect(spec.destinations).toEqual([
    { name: "groundplan-dev", namespace: "groundplan-dev" },
    { name: "groundplan-prod", namespace: "groundplan-prod" },
  ]);
  expect(spec.clusterResourceWhitelist.map(({ kind }) => kind)).toEqual([
    "Namespace",
    "ClusterRole",
    "ClusterRoleBinding",
  ]);
});

test("developers see everything and sync dev; admins do everything", () => {
  expect(appProject(props).spec.roles).toMatchObject([
    {
      name: "developer",
      policies: [
        "p, proj:groundplan:developer, applications, get, groundplan/*, allow",
        "p, proj:groundplan:developer, logs, get, groundplan/*, allow",
        "p, proj:groundplan:developer, applications, sync, groundplan/groundplan-dev, allow",
      ],
      groups: ["org:developers"],
    },
    {
      name: "admin",
      policies: [
        "p, proj:groundplan:admin, applications, *, groundplan/*, allow",
        "p, proj:groundplan:admin, logs, get, groundplan/*, allow",
      ],
      groups: ["org:platform"],
    },
  ]);
});

test.each<[string, Partial<AppProjectProps>, string]>([
  [
    "a repository of everybody",
    { repositoryUrl: "https://github.com/*/groundplan.git" },
    "does not name one",
  ],
  ["no URL", { repositoryUrl: "groundplan/groundplan" }, "does not name one"],
  ["an environment without a destination", { developersMaySync: ["test"] }, 'names "test"'],
  [
    "every namespace",
    { destinations: [{ environment: "dev", cluster: "groundplan-dev", namespace: "*" }] },
    'namespace "*" is not a DNS label',
  ],
])("%s is refused", (_, change, said) => {
  expect(() => appProject({ ...props, ...change })).toThrow(said);
});
