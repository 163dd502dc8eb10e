import { endpointOf } from "../../../../local/services/eks/network";

const OPEN = { endpointPublicAccess: true, endpointPrivateAccess: false, publicAccessCidrs: ["0.0.0.0/0"] };

test("what is not named keeps the default, then what was", () => {
  expect(endpointOf({})).toEqual(OPEN);
  const inside = { endpointPublicAccess: false, endpointPrivateAccess: true };
  expect(endpointOf(inside)).toEqual({ ...inside, publicAccessCidrs: [] });
  expect(endpointOf({ endpointPrivateAccess: true }, OPEN)).toEqual({ ...OPEN, endpointPrivateAccess: true });
});

test.each([
  ["no endpoint at all", { endpointPublicAccess: false }, /cannot be false/],
  ["a range of private addresses", { publicAccessCidrs: ["10.1.0.0/16"] }, /not allowed.*10\.1\.0\.0\/16/],
  ["no range", { publicAccessCidrs: ["203.0.113.0/24", "here"] }, /invalid.*\[here\]/],
  ["a mask that is none", { publicAccessCidrs: ["203.0.113.0/33"] }, /invalid/],
])("planted fault: %s is refused", (_, input, message) => {
  expect(() => endpointOf(input)).toThrow(message);
});
