import { workloadIn } from "../../../cli/delivery/workload";
import type { Stack } from "../../../cli/project/project";

const stack = (deployables: unknown): Stack =>
  ({ name: "prod-registry", json: { output: { deployables: { value: deployables } } } }) as unknown as Stack;

const image = {
  kind: "image",
  environment: "prod",
  service: "app",
  gitops: { namespace: "groundplan-prod", workload: "prod-app", rollout: true },
};

test("finds what runs a service, among functions and images of other environments", () => {
  const stacks = [
    stack(undefined),
    stack([
      { kind: "lambda", environment: "prod", service: "app" },
      null,
      { ...image, environment: "dev" },
      image,
    ]),
  ];
  expect(workloadIn(stacks, "prod", "app")).toEqual({ namespace: "groundplan-prod", name: "prod-app" });
});

test.each([
  ["nothing", undefined, "none declares an image at all"],
  ["another service", [{ ...image, service: "web" }], "declared: web in prod"],
  ["an image without a workload", [{ ...image, gitops: {} }], "declared: app in prod"],
  ["what is no list", "image", "none declares an image at all"],
])("where the stacks declare %s it says how to name it", (_, declared, said) => {
  const find = () => workloadIn([stack(declared)], "prod", "app");
  expect(find).toThrow('no stack declares service "app" in environment "prod"');
  expect(find).toThrow(said);
  expect(find).toThrow("name it: --namespace <name> --workload <name>");
});
