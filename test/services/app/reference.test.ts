import fc from "fast-check";
import { readReference } from "../../../services/app/src/reference";

const DIGEST = `sha256:${"a".repeat(64)}`;

test.each([
  ["node", { registry: "docker.io", repository: "library/node", tag: "latest", pinned: false }],
  ["bitnami/redis:7", { registry: "docker.io", repository: "bitnami/redis", tag: "7", pinned: false }],
  ["localhost:5000/app", { registry: "localhost:5000", repository: "app", tag: "latest", pinned: false }],
  [
    `123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/dev/app@${DIGEST}`,
    {
      registry: "123456789012.dkr.ecr.us-east-1.amazonaws.com",
      repository: "groundplan/dev/app",
      digest: DIGEST,
      pinned: true,
    },
  ],
  [`node:22@${DIGEST}`, { repository: "library/node", tag: "22", digest: DIGEST, pinned: true }],
])("reads %s", (text, expected) => {
  expect(readReference(text)).toMatchObject(expected);
});

test.each(["", "Node", "node:", "node:.x", "a//b", "node@sha256:abc", "-a", "a/../b", "x".repeat(600)])(
  "refuses %j",
  (text) => {
    expect(readReference(text)).toBeUndefined();
  },
);

test("whatever it is asked, it answers at once and never fails", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 600 }), (text) => {
      const read = readReference(text);
      expect(read === undefined || read.repository.length > 0).toBe(true);
    }),
  );
});
