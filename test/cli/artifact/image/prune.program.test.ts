import { attach, copyImage, layoutSource } from "../../../../cli/artifact/image/copy";
import { pruneImages } from "../../../../cli/artifact/image/prune";
import { ImageRepository } from "../../../../cli/artifact/image/registry";
import type { ImageSession } from "../../../../cli/artifact/image/session";
import { CliError } from "../../../../cli/console/errors";
import { EXIT } from "../../../../cli/console/exit-codes";
import { RemoteRepository } from "../../gitops/remote-repository";
import { makeLayout } from "./images";
import { RegistryServer } from "./registry-server";

test("what is about an image goes before it: a prune that ends between the two is gone on with by the next", async () => {
  const server = await RegistryServer.start();
  const { url } = new RemoteRepository();
  const repository = new ImageRepository({ url: server.url, authorization: undefined }, "a", 1);
  const { root, ...layout } = makeLayout("one");
  await copyImage(layoutSource({ root, ...layout }), root, repository);
  await attach(repository, root, Buffer.from("{}"), "application/example", {});
  let refusals = 1;
  const remove = async (_: string, digests: readonly string[]) => {
    if (digests.includes(root.digest) && refusals-- > 0) throw new CliError(EXIT.FAILED, "ECR broke off");
    for (const digest of digests) server.manifests.delete(`a ${digest}`);
  };
  // Git and the registry are real; of ECR's own API nothing but the deletion is asked for.
  const session = {
    repository: async () => repository,
    ecr: () => ({ remove }),
    gitTarget: () => ({ repository: url, branch: "main", path: "overlays/dev", image: "app" }),
  } as unknown as ImageSession;
  const target = { environment: "dev", repository: "a" } as Parameters<typeof pruneImages>[1];
  const plan = { remove: [{ digest: root.digest, tags: [], time: "", size: 1 }], kept: [] };
  const prune = () => pruneImages(session, target, plan, () => undefined);
  await expect(prune()).rejects.toThrow(/ECR broke off.*removed before: 0 of 1 images/s);
  expect(await repository.manifest(root.digest)).toBeDefined();
  expect((await prune()).removed).toHaveLength(1);
  expect(server.manifests.size).toBe(0);
  await server.stop();
});
