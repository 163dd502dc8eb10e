import { imageStatements } from "@groundplan/modules/service/image-access";

const PLACE = { region: "us-east-1", account: "123456789012" };
const HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
const allowed = (image: string) =>
  Object.fromEntries(imageStatements(image, PLACE).map(({ Sid = "", Resource }) => [Sid, Resource]));
const arn = (repository: string, account = PLACE.account) =>
  `arn:aws:ecr:us-east-1:${account}:repository/${repository}`;

test("an image of a public registry needs nothing, one of ECR its repository, one that Terraform knows any", () => {
  expect(imageStatements("docker.io/library/node:22", PLACE)).toEqual([]);
  expect(allowed(`${HOST}/groundplan/dev/shop:1`)).toEqual({
    RegistryToken: "*",
    PullImage: arn("groundplan/dev/shop"),
  });
  expect(allowed("${aws_ecr_repository.shop.repository_url}:1").PullImage).toBe(arn("*"));
});

test("an image of a cache comes there by its first pull, into its one repository", () => {
  const repository = "groundplan/dev/docker-hub/library/postgres";
  expect(allowed(`${HOST}/${repository}:17`)).toMatchObject({
    PullImage: arn(repository),
    FillCache: arn(repository),
  });
  const [, , cache] = imageStatements(`${HOST}/${repository}:17`, PLACE);
  expect(cache?.Action).toEqual(["ecr:BatchImportUpstreamImage", "ecr:CreateRepository", "ecr:TagResource"]);
});

test("planted fault: no other repository is made, nor one of another account", () => {
  for (const image of [
    `${HOST}/groundplan/dev/docker-hub:1`,
    `${HOST}/groundplan/dev/my-docker-hub-tools/app:1`,
    `${HOST.replace("123456789012", "210987654321")}/groundplan/dev/docker-hub/library/postgres:17`,
    "${aws_ecr_repository.shop.repository_url}:1",
  ]) {
    expect([image, Object.keys(allowed(image))]).toEqual([image, ["RegistryToken", "PullImage"]]);
  }
});
