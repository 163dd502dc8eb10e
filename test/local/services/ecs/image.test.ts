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
  expect(ecrImageOf(image)).toEqual(found);
});

test.each(["nginx", "public.ecr.aws/nginx/nginx:1", `${HOST}/`, `${HOST}/app:`, `evil.com/${HOST}/app`])(
  "%s is not of ECR",
  (image) => {
    expect(ecrImageOf(image)).toBeUndefined();
  },
);
