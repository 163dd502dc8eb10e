import { checkQuota, refuseFull } from "../../../cli/preview/checks";

test("a network of a preview's own is refused where the account has no room, with every quota that is used up", () => {
  const room = [checkQuota("VPCs", 4, 5), checkQuota("Elastic IPs", 0, 5)];
  expect(() => refuseFull(room)).not.toThrow();
  const full = [checkQuota("VPCs", 5, 5), checkQuota("Elastic IPs", 6, 5)];
  expect(() => refuseFull(full)).toThrow(/VPCs: 5 of 5.*; Elastic IPs: 6 of 5.*\n.*network: shared/);
  expect(() => refuseFull([...room, ...full.slice(1)])).toThrow(
    /of what the account has no room for: Elastic IPs/,
  );
});
