import { githubSubjects, repositoryFaults, runsFaults } from "@groundplan/modules/identity";

const NAMES = { repository: "example/platform" };
const NUMBERS = { ...NAMES, ownerId: "583231", repositoryId: "1296269" };
const PROD = [{ environment: "prod" }] as const;

test("the subject by names, for each kind of run", () => {
  expect(githubSubjects(NAMES, ["pull-requests", { branch: "main" }, { environment: "prod" }])).toEqual([
    "repo:example/platform:pull_request",
    "repo:example/platform:ref:refs/heads/main",
    "repo:example/platform:environment:prod",
  ]);
});

test.each([
  [
    undefined,
    ["repo:example@583231/platform@1296269:environment:prod", "repo:example/platform:environment:prod"],
  ],
  [
    "both",
    ["repo:example@583231/platform@1296269:environment:prod", "repo:example/platform:environment:prod"],
  ],
  ["immutable", ["repo:example@583231/platform@1296269:environment:prod"]],
  ["names", ["repo:example/platform:environment:prod"]],
] as const)("with numbers, subjects %s", (subjects, expected) => {
  const repository = { ...NUMBERS, ...(subjects === undefined ? {} : { subjects }) };
  expect(githubSubjects(repository, PROD)).toEqual(expected);
  expect(repositoryFaults(repository)).toEqual([]);
});

test.each([
  ["a pattern for the repository", { repository: "example/*" }, 'repository is "example/*"'],
  ["a pattern for the owner", { repository: "*/platform" }, 'repository is "*/platform"'],
  ["no owner", { repository: "platform" }, 'repository is "platform"'],
  [
    "a claim behind the name",
    { repository: "example/platform:environment:prod" },
    "not the owner and the name",
  ],
  ["a pattern for a number", { ...NUMBERS, ownerId: "*" }, 'ownerId is "*"'],
  ["one number of two", { ...NAMES, ownerId: "1" }, "ownerId is given without repositoryId"],
  ["the other number", { ...NAMES, repositoryId: "1" }, "repositoryId is given without ownerId"],
  ["immutable without numbers", { ...NAMES, subjects: "immutable" as const }, 'subjects is "immutable", but'],
])("%s is a fault", (_, repository, said) => {
  expect(repositoryFaults(repository).map(({ what }) => what)).toEqual([expect.stringContaining(said)]);
});

test.each([
  ["no run", [], "no run is named"],
  ["every branch", [{ branch: "*" }], 'branch "*" is not one name'],
  ["a part of a branch", [{ branch: "release/?" }], 'branch "release/?"'],
  ["every environment", [{ environment: "*" }], 'environment "*"'],
  ["another claim in an environment", [{ environment: "dev:ref:refs/heads/x" }], 'environment "dev:ref'],
])("%s is a fault", (_, runs, said) => {
  expect(runsFaults(runs).map(({ what }) => what)).toEqual([expect.stringContaining(said)]);
});

test("names that pass", () => {
  expect(runsFaults(["pull-requests", { branch: "release/1.2" }, { environment: "prod" }])).toEqual([]);
});
