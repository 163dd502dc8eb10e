import { ecrImageOf } from "../../../../local/services/ecs/image";

const HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
const DIGEST = `sha256:${"a".repeat(64)}`;
const PLACE = { account: "123456789012", region: "us-east-1", repository: "groundplan/dev/app" };

test.each([
  [`${HOST}/groundplan/dev/app`, { ...PLACE, tag: "latest" }],
  [`${HOST}/groundplan/dev/app:pr-1-abc`, { ...PLACE, tag: "pr-1-abc" }],
  [`${HOST}/groundplan/dev/app@${DIGEST}`, { ...PLACE, digest: DIGEST }],
  [`${HOST}/groundplan/dev/app:v1@${DIGEST}`, { ...PLACE, digest: DIGEST }],
])("reads %s", (image, found) => {
  expect(ecrImageOf(image, PLACE)).toEqual(found);
});

test.each([
  ["nginx", "docker.io/library/nginx", "latest"],
  ["grafana/loki:3", "docker.io/grafana/loki", "3"],
  ["public.ecr.aws/docker/library/postgres:17-alpine", "public.ecr.aws/docker/library/postgres", "17-alpine"],
])("%s of another registry is looked for under its whole name", (image, repository, tag) => {
  expect(ecrImageOf(image, PLACE)).toEqual({ ...PLACE, repository, tag });
});

test.each([`${HOST}/`, `${HOST}/app:`, "a b", "", "../etc@x"])("%j is no name of an image", (image) => {
  expect(ecrImageOf(image, PLACE)).toBeUndefined();
});
