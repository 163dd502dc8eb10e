import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { signaturePolicy } from "@groundplan/modules/gitops";
import { stringify } from "yaml";
import { attach, copyImage, copyWithReferrers, layoutSource, tagImage } from "../../cli/artifact/image/copy";
import { ImageRepository } from "../../cli/artifact/image/registry";
import { signingIdentity, signStatement } from "../../cli/artifact/image/signing";
import { PREDICATE, statementOf } from "../../cli/artifact/image/statement";
import { BUNDLE_TYPE } from "../../cli/artifact/image/trust";
import { makeLayout } from "../cli/artifact/image/images";
import { RegistryServer } from "../cli/artifact/image/registry-server";
import { type Cluster, startCluster } from "../cluster";
import { Kyverno, wantsKyverno } from "../kyverno";
import { temporaryFolder } from "../temporary-folder";
import { until } from "../until";

// Kyverno is built from its sources, which takes longer than all other tests of a cluster: nightly.yml does it.
const withKyverno = wantsKyverno ? describe : describe.skip;

const NAMESPACE = "groundplan-prod";
const NAME = "groundplan/prod/app";
const OTHER_NAME = "groundplan/dev/app";

withKyverno("what the cluster lets in, by the real admission controller", () => {
  let cluster: Cluster;
  let registry: RegistryServer;
  let kyverno: Kyverno;
  let repository: ImageRepository;
  let folder: string;

  beforeAll(async () => {
    folder = temporaryFolder("signers");
    for (const name of ["own", "other"]) writeKey(name);
    registry = await RegistryServer.start();
    repository = new ImageRepository({ url: registry.url, authorization: undefined }, NAME, 1);
    cluster = await startCluster();
    await cluster.succeed(["create", "namespace", NAMESPACE]);
    kyverno = await Kyverno.start(cluster);
    // Before there is a policy anything is let in.
    await until(
      () => cluster.kubectl(["get", "validatingwebhookconfigurations", "--output=name"]),
      ({ stdout }) => stdout.includes("kyverno-resource-validating-webhook-cfg"),
    );
    await cluster.succeed(["apply", "--filename=-"], {
      input: pod("before", [image(`sha256:${"0".repeat(64)}`)]),
    });
    const { publicKey } = signingIdentity(keyFile("own"), {});
    const policy = signaturePolicy({
      name: `${NAMESPACE}-images`,
      namespace: NAMESPACE,
      repositories: [repositoryName()],
      keys: [String(publicKey?.export({ type: "spki", format: "pem" }))],
      identities: [],
    });
    // Its certificate comes a moment after its webhooks.
    const applied = await until(
      () => cluster.kubectl(["apply", "--filename=-"], { input: stringify(policy) }),
      ({ code }) => code === 0,
      60_000,
    ).catch((error) => {
      throw new Error(`${error}\n${kyverno.log.slice(-6000)}`);
    });
    expect(applied.output).toContain("created");
    await until(
      () => cluster.kubectl(["get", "validatingwebhookconfigurations", "--output=json"]),
      ({ stdout }) => stdout.includes("ivpol"),
      60_000,
    ).catch((error) => {
      throw new Error(`${String(error).slice(0, 3000)}\n${kyverno.log.slice(-6000)}`);
    });
  });

  afterAll(async () => {
    await kyverno?.stop();
    await cluster?.stop();
    await registry?.stop();
  });

  function writeKey(name: string): void {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileSync(keyFile(name), privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  }

  const keyFile = (name: string) => join(folder, `${name}.key`);

  const repositoryName = (name = NAME) => `${new URL(registry.url).host}/${name}`;

  const image = (digest: string, name = NAME) => `${repositoryName(name)}@${digest}`;

  /** Puts an image into the registry, signed by a key as `publish` signs it. @returns its digest. */
  async function publish(
    content: string,
    signer?: string,
    predicate: string = PREDICATE.signature,
  ): Promise<string> {
    const layout = makeLayout(content);
    await copyImage(layoutSource(layout), layout.root, repository);
    if (signer !== undefined) await sign(layout.root.digest, layout.root.digest, signer, predicate);
    return layout.root.digest;
  }

  /** Attaches to an image what a key says of one. */
  async function sign(to: string, of: string, signer: string, predicate: string = PREDICATE.signature) {
    const subject = await repository.manifest(to);
    if (!subject) throw new Error(`no image ${to}`);
    const bundle = await signStatement(statementOf(of, predicate, {}), signingIdentity(keyFile(signer), {}));
    await attach(repository, subject, bundle, BUNDLE_TYPE, {
      "dev.sigstore.bundle.predicateType": predicate,
    });
  }

  /** A pod whose containers have these images, `app` first and the others before it starts. */
  function pod(name: string, [app, ...first]: readonly string[], namespace = NAMESPACE): string {
    const spec = {
      containers: [{ name: "app", image: app }],
      initContainers: first.map((one, at) => ({ name: `init-${at}`, image: one })),
      automountServiceAccountToken: false,
    };
    return stringify({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace }, spec });
  }

  let pods = 0;

  /** Makes a pod. @returns what was said, with its name first. */
  async function run(images: readonly string[], namespace?: string): Promise<string> {
    pods += 1;
    const { output } = await cluster.kubectl(["apply", "--filename=-"], {
      input: pod(`pod-${pods}`, images, namespace),
    });
    return output;
  }

  const inNamespace = (...args: readonly string[]) => cluster.kubectl([`--namespace=${NAMESPACE}`, ...args]);

  const CREATED = /^pod\/pod-\d+ created$/m;
  const REFUSED = /admission webhook "ivpol\.validate.*" denied the request/;

  test("an image that is signed by the key runs", async () => {
    expect(await run([image(await publish("signed", "own"))])).toMatch(CREATED);
  });

  test("an image that is not signed is refused", async () => {
    expect(await run([image(await publish("unsigned"))])).toMatch(REFUSED);
  });

  test("an image that another key has signed is refused", async () => {
    expect(await run([image(await publish("foreign", "other"))])).toMatch(REFUSED);
  });

  test("a true signature of another image is refused", async () => {
    const signed = await publish("signed", "own");
    const digest = await publish("with another's signature");
    await sign(digest, signed, "own");
    expect(await run([image(digest)])).toMatch(REFUSED);
  });

  test("an image with an SBOM of the key and without its signature is refused: its publish did not end", async () => {
    const digest = await publish("sbom only", "own", PREDICATE.cyclonedx);
    expect(await run([image(digest)])).toMatch(REFUSED);
    await sign(digest, digest, "own");
    expect(await run([image(digest)])).toMatch(CREATED);
  });

  test("a signed image by its tag is refused: tomorrow it may be another", async () => {
    const digest = await publish("tagged", "own");
    const manifest = await repository.manifest(digest);
    if (!manifest) throw new Error("no image");
    await tagImage(repository, manifest, "v1.2.3");
    expect(await run([`${repositoryName()}:v1.2.3`])).toMatch(/does not have a digest/);
    expect(await run([`${repositoryName()}:v1.2.3@${digest}`])).toMatch(CREATED);
  });

  test("an image of another repository is refused, whoever has signed it", async () => {
    const digest = await publish("elsewhere", "own");
    const other = new ImageRepository(repository.registry, OTHER_NAME, 1);
    await copyWithReferrers(repository, other, digest);
    expect(await run([image(digest, OTHER_NAME)])).toMatch(/is of none of the repositories/);
  });

  test("every container of a pod is asked, before it starts and while it is debugged", async () => {
    const [signed, unsigned] = [image(await publish("signed", "own")), image(await publish("unsigned"))];
    expect(await run([signed, signed])).toMatch(CREATED);
    expect(await run([signed, unsigned])).toMatch(REFUSED);
    expect(await run([signed])).toMatch(CREATED);
    const debug = (of: string) =>
      inNamespace("debug", `pod-${pods}`, `--image=${of}`, "--attach=false", "--profile=general");
    expect((await debug(unsigned)).output).toMatch(REFUSED);
    expect(await debug(signed)).toMatchObject({ code: 0 });
  });

  test("a pod that ran before may be labelled, and gets no other image that is not signed", async () => {
    expect((await inNamespace("label", "pod", "before", "seen=yes")).output).toMatch(/labeled/);
    const unsigned = image(await publish("unsigned"));
    expect((await inNamespace("set", "image", "pod/before", `app=${unsigned}`)).output).toMatch(REFUSED);
    const signed = image(await publish("signed", "own"));
    expect((await inNamespace("set", "image", "pod/before", `app=${signed}`)).output).toMatch(
      /image updated/,
    );
  });

  test("another namespace is not held to it", async () => {
    expect(await run([image(await publish("unsigned"))], "default")).toMatch(CREATED);
  });

  test("a registry that does not answer lets nothing in", async () => {
    const digest = await publish("not asked yet", "own");
    registry.faults.busy = 1000;
    expect(await run([image(digest)])).not.toMatch(CREATED);
    registry.faults.busy = 0;
    expect(await run([image(digest)])).toMatch(CREATED);
  });

  test("without Kyverno nothing is let in either", async () => {
    await kyverno.stop();
    expect(await run([image(await publish("signed", "own"))])).toMatch(/failed calling webhook/);
  });
});
