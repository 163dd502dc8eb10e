import {
  GitHubOidcProvider,
  PreviewAccess,
  type PreviewAccessProps,
  trustFaults,
} from "@groundplan/modules/identity";
import { synthesized } from "../network/synthesized";

const PROPS: PreviewAccessProps = {
  provider: GitHubOidcProvider.fromAccount("123456789012", "us-east-1"),
  workflows: { repository: "example/platform", files: ["provision.yml"], branch: "main" },
  callers: [{ repository: "example/shop", ownerId: "1", repositoryId: "2" }],
  state: {
    platform: "groundplan",
    account: "123456789012",
    region: "us-east-1",
    locking: "s3",
    encryption: "aws",
  },
  environment: "dev",
  environments: ["dev", "staging"],
};

const made = (change: Partial<PreviewAccessProps> = {}) =>
  synthesized((scope) => new PreviewAccess(scope, "previews", { ...PROPS, ...change }));

test("one role, bounded, that no stranger assumes", () => {
  const all = made();
  const [role] = Object.values(all.all("aws_iam_role"));
  expect(role).toMatchObject({
    name: "groundplan-previews-dev",
    path: "/github/",
    max_session_duration: 3600,
  });
  expect(String(role?.permissions_boundary)).toContain("aws_iam_policy");
  const document = JSON.parse(String(role?.assume_role_policy));
  expect(trustFaults(document)).toEqual([]);
  expect(JSON.stringify(document)).toContain(
    "example/platform/.github/workflows/provision.yml@refs/heads/main",
  );
});

test("its boundary keeps the environments' states, GitHub's roles and users out of reach", () => {
  const [boundary] = Object.values(made().all("aws_iam_policy"));
  const { Statement } = JSON.parse(String(boundary?.policy)) as {
    Statement: readonly {
      Sid: string;
      Effect: string;
      Resource?: unknown;
      NotResource?: readonly string[];
    }[];
  };
  const by = (sid: string) => Statement.find(({ Sid }) => Sid === sid);
  expect(by("NoStatesOfEnvironments")).toMatchObject({
    Effect: "Deny",
    Resource: [
      expect.stringMatching(/\/environments\/dev\/\*$/),
      expect.stringMatching(/\/environments\/staging\/\*$/),
    ],
  });
  expect(by("AllButGitHubAndStates")?.NotResource).toEqual(
    expect.arrayContaining([
      "arn:aws:iam::123456789012:role/github/*",
      "arn:aws:iam::123456789012:policy/github/*",
    ]),
  );
  expect(by("NoUsersOrKeys")?.Effect).toBe("Deny");
});

test("a caller without its numbers is refused", () => {
  const callers = [{ repository: "example/shop" }] as unknown as PreviewAccessProps["callers"];
  expect(() => made({ callers })).toThrow(/has no repositoryId: whoever takes its name would get in/);
});
