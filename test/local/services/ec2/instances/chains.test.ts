import {
  forgetGone,
  type ImageDocument,
  neededLayers,
} from "../../../../../local/services/ec2/instances/chains";

const document = (): ImageDocument => ({
  snapshots: { "snap-1": ["ami-1"], "snap-2": ["ami-2", "ami-1"] },
  instances: { "i-1": [], "i-2": ["ami-1"] },
});

const present = (snapshots: readonly string[], instances: readonly string[]) => ({
  snapshots: new Set(snapshots),
  instances: new Set(instances),
});

test("a layer stays while a snapshot has it, also below another", () => {
  expect(neededLayers(document(), present(["snap-2"], []))).toEqual(new Set(["ami-2", "ami-1"]));
});

test("a layer stays while an instance runs from it, though its image is gone", () => {
  expect(neededLayers(document(), present([], ["i-2"]))).toEqual(new Set(["ami-1"]));
});

test("a layer that nothing needs goes", () => {
  expect(neededLayers(document(), present(["snap-1"], ["i-1"]))).toEqual(new Set(["ami-1"]));
  expect(neededLayers(document(), present([], ["i-1"]))).toEqual(new Set());
});

test("what is gone is forgotten, and nothing else", () => {
  const kept = document();
  forgetGone(kept, present(["snap-2"], ["i-2"]));
  expect(kept).toEqual({ snapshots: { "snap-2": ["ami-2", "ami-1"] }, instances: { "i-2": ["ami-1"] } });
});
