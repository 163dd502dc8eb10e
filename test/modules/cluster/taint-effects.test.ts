import { TAINT_EFFECTS } from "../../../modules/cluster/taint-effects";

test("EKS's names of effects are those of Kubernetes in capitals", () => {
  for (const [eks, kubernetes] of Object.entries(TAINT_EFFECTS))
    expect(kubernetes.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase()).toBe(eks);
  expect(Object.keys(TAINT_EFFECTS)).toHaveLength(3);
});
