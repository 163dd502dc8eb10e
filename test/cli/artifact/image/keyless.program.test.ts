import { signingIdentity, signStatement } from "../../../../cli/artifact/image/signing";
import { PREDICATE, statementOf } from "../../../../cli/artifact/image/statement";
import { verifyBundle } from "../../../../cli/artifact/image/verification";
import { SigstoreServer } from "./sigstore";

const DIGEST = `sha256:${"d".repeat(64)}`;
const WORKFLOW = "https://github.com/acme/platform/.github/workflows/cd-dev.yml@refs/heads/develop";
const ISSUER = "https://token.actions.githubusercontent.com";

let sigstore: SigstoreServer;
let bundle: Buffer;

/** An environment of this process for as long as some work takes: Sigstore's client reads no other. */
async function within<T>(variables: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    process.env = before;
  }
}

beforeAll(async () => {
  sigstore = await SigstoreServer.start(WORKFLOW);
  const statement = statementOf(DIGEST, PREDICATE.signature, {});
  bundle = await within(sigstore.environment, () =>
    signStatement(statement, signingIdentity(undefined, process.env)),
  );
});

afterAll(() => sigstore?.stop());

const verify = (subject: string, issuer = ISSUER, root = sigstore.trustedRoot) =>
  verifyBundle(bundle, DIGEST, { keys: [], identities: [{ issuer, subject }] }, async () => root);

test("a run of a workflow signs without a key, and its identity is verified by certificate and log", async () => {
  expect(await verify(WORKFLOW)).toMatchObject({ by: WORKFLOW });
  expect(
    await verify("https://github.com/acme/platform/.github/workflows/*@refs/heads/develop"),
  ).toMatchObject({
    by: WORKFLOW,
  });
});

test.each([
  ["of another branch", WORKFLOW.replace("develop", "feature"), ISSUER],
  ["of another repository", WORKFLOW.replace("acme/", "evil/"), ISSUER],
  ["of another issuer", WORKFLOW, "https://gitlab.com"],
  ["that only begins so", WORKFLOW.slice(0, -1), ISSUER],
  [
    "with another character where the pattern has a dot",
    WORKFLOW.replace("github.com", "githubxcom"),
    ISSUER,
  ],
])("an identity %s is not trusted", async (_, subject, issuer) => {
  expect(await verify(subject, issuer)).toMatchObject({
    foreign: true,
    fault: `it is of ${WORKFLOW} of ${ISSUER}`,
  });
});

test("a certificate of another authority, and an identity where keys alone are trusted, are refused", async () => {
  const other = await SigstoreServer.start(WORKFLOW);
  await other.stop();
  expect(await verify(WORKFLOW, ISSUER, other.trustedRoot)).toMatchObject({ foreign: false });
  expect(await verifyBundle(bundle, DIGEST, { keys: [], identities: [] })).toMatchObject({
    foreign: true,
    fault: "it is of an identity, and keys alone are trusted",
  });
});

test("where Sigstore cannot be reached, it says what failed, and that what was pushed stays", async () => {
  const nowhere = { ...sigstore.environment, SIGSTORE_FULCIO_URL: "http://127.0.0.1:9" };
  const sign = () =>
    within(nowhere, async () => {
      const identity = signingIdentity(undefined, process.env);
      return signStatement(statementOf(DIGEST, PREDICATE.signature, {}), identity);
    });
  await expect(sign()).rejects.toThrow(
    /^signing with the identity of this run failed: .*\n {2}run the same command again: what was pushed stays/,
  );
});
