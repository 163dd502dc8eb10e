import { signaturePolicy } from "@groundplan/modules/gitops";

const REPOSITORY = "123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/prod/app";
const DIGEST = `sha256:${"1".repeat(64)}`;
const ISSUER = "https://token.actions.githubusercontent.com";
const WORKFLOW = "https://github.com/acme/platform/.github/workflows/cd-dev.yml@refs/heads";

interface Spec {
  readonly matchConstraints: {
    readonly namespaceSelector: object;
    readonly resourceRules: readonly object[];
  };
  readonly attestors: readonly {
    readonly name: string;
    readonly cosign: {
      readonly key?: object;
      readonly keyless?: {
        readonly identities: readonly { readonly subject?: string; readonly subjectRegExp?: string }[];
      };
    };
  }[];
  readonly validations: readonly { readonly expression: string; readonly message: string }[];
}

const policy = (change: Partial<Parameters<typeof signaturePolicy>[0]> = {}) =>
  signaturePolicy({
    name: "groundplan-prod-images",
    namespace: "groundplan-prod",
    repositories: [REPOSITORY, REPOSITORY.replace("app", "worker")],
    keys: ["PEM"],
    identities: [],
    ...change,
  }).spec as unknown as Spec;

test("pods of the environment's namespace are held to it, their debug containers too", () => {
  expect(policy().matchConstraints).toEqual({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "groundplan-prod" } },
    resourceRules: [
      expect.objectContaining({
        operations: ["CREATE", "UPDATE"],
        resources: ["pods", "pods/ephemeralcontainers"],
      }),
    ],
  });
});

test("each key and each identity is an attestor, and any of them is enough", () => {
  const identities = [{ issuer: ISSUER, subject: `${WORKFLOW}/develop` }];
  const { attestors, validations } = policy({ keys: ["ONE", "TWO"], identities });
  expect(attestors).toEqual([
    { name: "key1", cosign: expect.objectContaining({ key: { data: "ONE" } }) },
    { name: "key2", cosign: expect.objectContaining({ key: { data: "TWO" } }) },
    { name: "identity1", cosign: { keyless: { identities } } },
  ]);
  expect(validations[1]?.expression).toContain("[attestors.key1, attestors.key2, attestors.identity1]) > 0");
});

test("every list of a pod's containers is asked", () => {
  for (const { expression } of policy().validations) {
    for (const list of ["containers", "initContainers", "ephemeralContainers"]) {
      expect(expression).toContain(`images.${list}.all(image, `);
    }
  }
});

/** The regular expression of the images that may run; what it holds of means the same in RE2 and here. */
function pattern(): RegExp {
  const [, text = ""] = /image\.matches\('([^']+)'\)/.exec(policy().validations[0]?.expression ?? "") ?? [];
  return new RegExp(text);
}

test.each([
  ["by digest", `${REPOSITORY}@${DIGEST}`],
  ["by tag and digest", `${REPOSITORY}:v1.2.3@${DIGEST}`],
  ["another repository of the environment", `${REPOSITORY.replace("app", "worker")}@${DIGEST}`],
])("takes an image %s", (_, image) => {
  expect(image).toMatch(pattern());
});

test.each([
  ["by tag, which may move", `${REPOSITORY}:v1.2.3`],
  ["without either", REPOSITORY],
  ["of another environment", `${REPOSITORY.replace("prod", "dev")}@${DIGEST}`],
  ["of a repository whose name begins the same", `${REPOSITORY}-copy@${DIGEST}`],
  ["of a path below the repository", `${REPOSITORY}/copy@${DIGEST}`],
  ["of another account", `${REPOSITORY.replace("123456789012", "210987654321")}@${DIGEST}`],
  ["of a host that only looks like it", `${REPOSITORY.replace(".dkr", "-dkr")}@${DIGEST}`],
  ["of another registry", `docker.io/library/app@${DIGEST}`],
  ["behind another registry", `evil.example/${REPOSITORY}@${DIGEST}`],
])("refuses an image %s", (_, image) => {
  expect(image).not.toMatch(pattern());
});

test("a subject with * is a regular expression of the whole subject", () => {
  const { attestors } = policy({ identities: [{ issuer: ISSUER, subject: `${WORKFLOW}/*` }] });
  const [identity] = attestors.at(-1)?.cosign.keyless?.identities ?? [];
  expect(identity).toMatchObject({ issuer: ISSUER });
  expect(identity?.subject).toBeUndefined();
  const subject = new RegExp(identity?.subjectRegExp ?? "");
  expect(`${WORKFLOW}/develop`).toMatch(subject);
  expect(`x${WORKFLOW}/develop`).not.toMatch(subject);
  expect(`${WORKFLOW.replace("github.com", "githubxcom")}/develop`).not.toMatch(subject);
});
